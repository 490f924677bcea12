#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/device/unit_scale.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/named_recording.hpp"
#include "tools/tonus/recording_survey.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

constexpr std::size_t kNotesShown = 12;

// Where the rates of the header and of the stamps are that far apart, a person should know.
constexpr double kRatePpmShown = 20.0;

std::string rate_text(const StreamInfo& info, const RecordingSurvey::Stream& seen) {
    const std::string stated = fmt::format("{:.6g} Hz", info.rate.hz());
    const std::optional<double> measured = seen.measured_hz();
    if (!measured) return stated;
    const double ppm = 1e6 * (*measured / info.rate.hz() - 1.0);
    return std::abs(ppm) < kRatePpmShown ? stated : fmt::format("{} (measured {:.6g} Hz, {:+.0f} ppm)", stated, *measured, ppm);
}

void print_stream(const StreamInfo& info, const RecordingSurvey::Stream& seen) {
    fmt::print("{}: {} channel{} at {}, {} frames, {:.3f} s", info.name, info.channels.size(), info.channels.size() == 1 ? "" : "s",
               rate_text(info, seen), seen.n_frames, info.rate.time_s(seen.next_index));
    if (seen.n_gaps > 0) {
        fmt::print("; {} gap{}, {} frames lost ({:.3f} s)", seen.n_gaps, seen.n_gaps == 1 ? "" : "s", seen.n_lost,
                   info.rate.time_s(seen.n_lost));
    }
    fmt::print("\n");
    for (std::size_t c = 0; c < info.channels.size(); ++c) {
        const ChannelInfo& channel = info.channels[c];
        const ChannelSurvey& span = seen.channels[c];
        fmt::print("  {:>3} {:<20} {:<7}", c + 1, channel.label, channel.unit.empty() ? "?" : channel.unit);
        if (span.least()) fmt::print(" {:>12.5g} … {:<12.5g} {}", *span.least(), *span.most(), span.shape().text());
        if (span.is_constant()) fmt::print(" constant");
        if (span.n_at_rail() > 0) fmt::print(" {} at the end of the range", span.n_at_rail());
        if (span.n_missing() > 0) fmt::print(" {} missing", span.n_missing());
        fmt::print("\n");
        for (const std::string& finding : span.findings()) fmt::print("      ! {}\n", finding);
    }
}

void print_text(const std::string& path, const RecordingReader& reader, const RecordingSurvey& survey) {
    const RecordingFacts& facts = reader.facts();
    fmt::print("{}: {}{}{}\n", path, facts.format, facts.start.empty() ? "" : ", began ", facts.start);
    if (!facts.session.empty()) {
        fmt::print("recorded by Tonus from {} device{}, with its session file inside; tonus verify proves it\n", facts.n_devices, facts.n_devices == 1 ? "" : "s");
    }
    for (std::size_t s = 0; s < reader.streams().size(); ++s) print_stream(reader.streams()[s], survey.of(s));
    for (std::size_t i = 0; i < std::min(facts.annotations.size(), kNotesShown); ++i) {
        fmt::print("  {:>10.3f} s  {}\n", facts.annotations[i].onset_s, facts.annotations[i].text);
    }
    if (facts.annotations.size() > kNotesShown) fmt::print("  … {} annotations in all\n", facts.annotations.size());
    for (const std::string& note : facts.notes) fmt::print("note: {}\n", note);
    for (const StreamInfo& stream : reader.streams()) {
        if (stream.kind == StreamKind::emg && !microvolts_per(stream.channels[0].unit)) {
            fmt::print("to replay it, say what one step is: file:{}?unit=mV or ?scale_uv=0.7324\n", path);
        }
    }
}

std::string number_json(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}g}", *value, digits) : "null";
}

std::string channel_json(const ChannelInfo& channel, const ChannelSurvey& span) {
    std::string findings;
    for (const std::string& finding : span.findings()) findings += (findings.empty() ? "" : ",") + json_string(finding);
    return fmt::format("{{\"label\":{},\"unit\":{},\"min\":{},\"max\":{},\"missing\":{},\"at_rail\":{},\"shape\":{},\"findings\":[{}]}}",
                       json_string(channel.label), json_string(channel.unit), number_json(span.least(), 9), number_json(span.most(), 9),
                       span.n_missing(), span.n_at_rail(), json_string(span.shape().text()), findings);
}

void print_json(const std::string& path, const RecordingReader& reader, const RecordingSurvey& survey, bool rate_known) {
    const RecordingFacts& facts = reader.facts();
    std::string streams, notes, annotations;
    for (std::size_t s = 0; s < reader.streams().size(); ++s) {
        const StreamInfo& info = reader.streams()[s];
        const RecordingSurvey::Stream& seen = survey.of(s);
        std::string channels;
        for (std::size_t c = 0; c < info.channels.size(); ++c) {
            channels += (c == 0 ? "" : ",") + channel_json(info.channels[c], seen.channels[c]);
        }
        streams += fmt::format("{}{{\"name\":{},\"kind\":\"{}\",\"rate_hz\":{},\"measured_hz\":{},\"duration_s\":{:.6f},\"frames\":{},\"lost_frames\":{},\"gaps\":{},"
                               "\"channels\":[{}]}}",
                               s == 0 ? "" : ",", json_string(info.name), stream_kind_name(info.kind), rate_known ? fmt::format("{:.12g}", info.rate.hz()) : "null",
                               rate_known ? number_json(seen.measured_hz(), 12) : "null", info.rate.time_s(seen.next_index), seen.n_frames, seen.n_lost, seen.n_gaps, channels);
    }
    for (const std::string& note : facts.notes) notes += (notes.empty() ? "" : ",") + json_string(note);
    for (const RecordingNote& note : facts.annotations) {
        annotations += fmt::format("{}{{\"onset_s\":{:.9g},\"text\":{}}}", annotations.empty() ? "" : ",", note.onset_s, json_string(note.text));
    }
    fmt::print("{{\"file\":{},\"format\":{},\"start\":{},\"streams\":[{}],\"annotations\":[{}],\"notes\":[{}],\"trouble\":{}}}\n",
               json_string(path), json_string(facts.format), json_string(facts.start), streams, annotations, notes,
               json_string(reader.trouble()));
}

}  // namespace

int inspect(const InspectOptions& options) {
    const auto [path, given] = named_recording(options.file, options.session);
    // Without a rate or a unit a file can still be looked at: what is missing is said.
    ReadOptions how = given;
    std::unique_ptr<RecordingReader> reader;
    bool rate_known = true;
    try {
        reader = open_recording(system_files(), path, how);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage || how.rate) throw;
        how.rate = Rate{1, 1};
        rate_known = false;
        reader = open_recording(system_files(), path, how);
        fmt::print(stderr, "tonus: {}; counted here at 1 Hz\n", error.what());
    }
    RecordingSurvey survey{reader->streams()};
    {
        ProgressBar progress{"reading", !options.voice.quiet && !options.voice.json};
        while (reader->next(survey)) progress.show(reader->progress());
    }
    if (options.voice.json) print_json(path, *reader, survey, rate_known);
    else if (!options.voice.quiet) print_text(path, *reader, survey);
    if (reader->trouble().empty()) return 0;
    fmt::print(stderr, "tonus: {}: {}\n", path, reader->trouble());
    return 1;
}

}  // namespace tonus::cli
