#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "tools/tonus/calibration_run.hpp"
#include "tools/tonus/guide.hpp"

namespace tonus::cli {
namespace {

constexpr double kPauseS = 60.0;  // domain 4.2

std::string read_text(Files& files, const std::string& path) {
    const auto file = files.open(path);
    std::string text(file->size(), '\0');
    file->read_at(0, std::as_writable_bytes(std::span{text.data(), text.size()}));
    return text;
}

/// Written beside and renamed, so that a power cut leaves the old file or the new one.
void write_text(Files& files, const std::string& path, const std::string& text) {
    const std::string beside = path + ".new";
    const auto file = files.create(beside, IfExists::replace);
    const WriteResult written = file->write(std::as_bytes(std::span{text.data(), text.size()}));
    if (!written.ok() || !file->sync().ok()) {
        throw run_error(fmt::format("{}: cannot be written; the session file is as it was", beside));
    }
    files.rename(beside, path);
}

/// Found out before the person has spent their strength.
void check_folder(Files& files, const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || slash == 0 || files.exists(path.substr(0, slash))) return;
    throw run_error(fmt::format("{}: its folder does not exist; make it first", path));
}

}  // namespace

int calibrate(const CalibrateOptions& options) {
    Files& files = system_files();
    check_folder(files, options.session);
    const bool is_new = !files.exists(options.session);
    Sources sources = open_sources(options.sources, is_new ? std::string{} : options.session);

    // What is written must be read again, so a montage taken from the device's labels goes in too. Put
    // together before the run, because what cannot be written should be said before the efforts.
    std::string before = is_new ? session_text(sources.session) : read_text(files, options.session);
    if (!is_new && load_session(options.session).channels.empty()) before = with_channels(before, sources.session);
    sources.session.path = options.session;
    with_references(before, sources.session);

    const EffortPlan plan{
        .rest_s = options.rest_s,
        .hold_s = options.hold_s,
        .pause_s = pause_or_usual(options.pause_s, kPauseS, sources),
        .efforts = efforts_for(sources.session)};
    const std::vector<Calibration::Outcome> outcomes = run_calibration(
        sources, plan, {.window_s = options.window_s, .correct_bias = !options.no_bias},
        options.fast ? Speed::full : Speed::live, options.voice);

    // Said before it is written: should the disk refuse, the values are still on the screen.
    const bool speaks = !options.voice.quiet && !options.voice.json;
    if (speaks) print_outcomes(outcomes);
    if (options.voice.json) print_outcomes_json(outcomes);
    take_references(sources.session, outcomes);
    write_text(files, options.session, with_references(before, sources.session));
    if (speaks) fmt::print("{} {}\n", is_new ? "made" : "written into", options.session);
    const bool complete = std::all_of(outcomes.begin(), outcomes.end(), [](const Calibration::Outcome& outcome) {
        return outcome.reference && outcome.problem.empty();
    });
    return complete ? 0 : 1;
}

}  // namespace tonus::cli
