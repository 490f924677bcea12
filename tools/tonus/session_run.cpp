#include "tools/tonus/session_run.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "drivers/lsl/lsl_sink.hpp"
#include "engine/core/disk_space.hpp"
#include "engine/core/text_file.hpp"
#include "engine/pipeline/npy_taps.hpp"
#include "engine/pipeline/run_zero_phase.hpp"
#include "engine/sinks/console_sink.hpp"
#include "engine/sinks/events_file.hpp"
#include "engine/sinks/recorder.hpp"
#include "engine/sinks/results_table.hpp"
#include "engine/sinks/summary.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

struct Sinks {
    std::vector<std::unique_ptr<Sink>> owned;
    std::vector<Sink*> all;

    template <class T, class... Args>
    void add(Args&&... args) {
        owned.push_back(std::make_unique<T>(std::forward<Args>(args)...));
        all.push_back(owned.back().get());
    }
};

Sinks make_sinks(const Outputs& outputs, bool with_console, const Recorder* recorder = nullptr) {
    Sinks sinks;
    if (!outputs.table.empty()) sinks.add<ResultsTable>(system_files(), outputs.table);
    if (!outputs.events.empty()) sinks.add<EventsFile>(system_files(), outputs.events, outputs.markers);
    if (!outputs.lsl.empty()) sinks.add<lsl::LslSink>(lsl::liblsl(), outputs.lsl);
    if (with_console) {
        ConsoleOptions console{.terminal = is_terminal(stdout), .width = terminal_width(stdout), .markers = outputs.markers};
        if (recorder != nullptr) console.recording = [recorder] { return recorder_text(recorder->status()); };
        sinks.add<ConsoleSink>(std::move(console));
    }
    return sinks;
}

void say(const SessionInfo& info, const RunSummary& summary, const Voice& voice, bool notes_said) {
    if (voice.json) {
        fmt::print("{}\n", summary_json(info, summary));
    } else if (!voice.quiet) {
        for (const std::string& note : info.notes) {
            if (!notes_said) fmt::print("note: {}\n", note);
        }
        fmt::print("\n{}", summary_text(info, summary));
    }
}

constexpr std::size_t kMarkersShown = 12;

void say_markers(const MarkerBoard* board, const Voice& voice) {
    if (board == nullptr || voice.quiet || voice.json) return;
    const std::vector<RecordingNote> markers = board->all();
    if (!markers.empty()) fmt::print("markers:\n");
    for (std::size_t i = 0; i < std::min(markers.size(), kMarkersShown); ++i) fmt::print("  {:>10.3f} s  {}\n", markers[i].onset_s, markers[i].text);
    if (markers.size() > kMarkersShown) fmt::print("  … {} in all\n", markers.size());
}

/// The session as the text of a session file: its own to the byte, where there is one.
std::string text_of(const Session& session) {
    return session.path.empty() ? session_text(session) : read_text(system_files(), session.path);
}

/// A part of a recording that is behind its end gives a summary of nothing.
int say_nothing_came(const RunSummary& summary, int code) {
    const bool any = std::any_of(summary.streams.begin(), summary.streams.end(), [](const RunSummary::Stream& stream) { return stream.ledger.emitted() > 0; });
    if (any || code != 0) return code;
    fmt::print(stderr, "tonus: nothing was played: the recording is empty, or --from lies behind its end\n");
    return 1;
}

/// Says what went wrong with the devices. Returns the exit code.
int say_trouble(const RunSummary& summary) {
    int code = 0;
    for (std::size_t s = 0; s < summary.streams.size(); ++s) {
        if (summary.streams[s].trouble.empty()) continue;
        if (s == 0 || summary.streams[s].trouble != summary.streams[s - 1].trouble) {
            fmt::print(stderr, "tonus: {}\n", summary.streams[s].trouble);
        }
        code = 1;
    }
    return code;
}

}  // namespace

int run_session(Sources& sources, Speed speed, const Outputs& outputs, const Voice& voice,
                const LiveOptions& live_options) {
    refuse_overwriting(sources, {outputs.table, outputs.events, outputs.recording}, outputs.taps);
    Pipeline pipeline{sources.streams, sources.session};
    SystemClock clock;
    std::optional<Recorder> recorder;
    if (!outputs.recording.empty()) {
        recorder.emplace(system_files(), clock, outputs.recording,
                         RecorderOptions{.session_text = text_of(sources.session), .free_bytes = [path = outputs.recording] { return free_bytes_beside(path); },
                                         .notice = [](const std::string& what) { fmt::print(stderr, "tonus: {}\n", what); },
                                         .markers = outputs.markers});
    }
    const bool speaks = !voice.quiet && !voice.json;
    const bool live = speed == Speed::live;
    Sinks sinks = make_sinks(outputs, live && speaks, recorder ? &*recorder : nullptr);

    RunSummary summary;
    if (live) {
        LiveOptions options = live_options;
        options.stop = &interrupted();
        options.recorder = recorder ? &*recorder : nullptr;
        summary = run_live(sources.devices, pipeline, sinks.all, options);
    } else {
        std::optional<NpyTaps> taps;
        if (!outputs.taps.empty()) {
            taps.emplace(system_files(), outputs.taps, pipeline.info());
            pipeline.set_taps(&*taps);
        }
        ProgressBar progress{"replaying", speaks};
        summary = run_offline(sources.devices, pipeline, sinks.all,
                              [&](double part) { progress.show(part); }, &interrupted());
        if (taps) taps->close();
    }
    say(pipeline.info(), summary, voice, live);
    if (live) return say_trouble(summary);
    say_markers(outputs.markers, voice);  // live they were shown when their time came
    return say_nothing_came(summary, say_trouble(summary));
}

int run_session_zero_phase(Sources& sources, const Outputs& outputs, const Voice& voice) {
    refuse_overwriting(sources, {outputs.table, outputs.events});
    // Before the sinks: what cannot be done must not empty a table of before.
    const SessionInfo info = zero_phase_info(sources.devices, sources.session);
    Sinks sinks = make_sinks(outputs, false);
    ProgressBar progress{"replaying", !voice.quiet && !voice.json};
    const RunSummary summary = run_zero_phase(sources.devices, sources.session, sinks.all,
                                              {.progress = [&](double part) { progress.show(part); },
                                               .stop = &interrupted()});
    say(info, summary, voice, false);
    say_markers(outputs.markers, voice);
    return say_nothing_came(summary, say_trouble(summary));
}

}  // namespace tonus::cli
