#include <exception>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "tools/tonus/arguments.hpp"

namespace {

using tonus::ErrorKind;

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
    try {
        return tonus::cli::run_command(argc, argv);
    } catch (const tonus::Error& error) {
        fmt::print(stderr, "tonus: {}\n", error.what());
        return exit_code(error.kind());
    } catch (const std::exception& error) {
        fmt::print(stderr, "tonus: {}\n", error.what());
        return 1;
    }
}
