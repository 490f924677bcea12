#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "tools/tonus/arguments.hpp"

namespace {

using tonus::ErrorKind;

constexpr const char* kAbout =
    "Tonus: surface EMG and IMU for back training, from the sensor to the load flag.\n"
    "Are the deep stabilisers (local muscles) at work at about a third of their maximum,\n"
    "or have the big movers (global muscles) taken over?\n"
    "A training aid, not a medical device: it does not diagnose, treat or monitor disease.";

constexpr const char* kFooter =
    "Start with `tonus demo`. Each command explains itself: `tonus replay --help`.\n"
    "Exit codes: 0 done, 1 the run failed, 2 wrong usage or configuration, 3 unreadable input.";

int exit_code(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::failed: return 1;
        case ErrorKind::usage: return 2;
        case ErrorKind::input: return 3;
    }
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{kAbout, "tonus"};
    app.footer(kFooter);
    app.require_subcommand(1);
    app.set_version_flag("--version", "tonus " TONUS_VERSION);
    int code = 0;
    tonus::cli::add_commands(app, code);

    try {
        app.parse(argc, argv);
        return code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const tonus::Error& error) {
        fmt::print(stderr, "tonus: {}\n", error.what());
        return exit_code(error.kind());
    } catch (const std::exception& error) {
        fmt::print(stderr, "tonus: {}\n", error.what());
        return 1;
    }
}
