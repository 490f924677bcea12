#include <array>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/device/frames.hpp"
#include "engine/device/unit_scale.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/sparkline.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

constexpr std::size_t kNotesShown = 12;

/// What a first look at a channel should show: is it there, does it clip, does it hold numbers?
struct ChannelSpan {
    Sparkline shape;
    double least = 0.0;
    double most = 0.0;
    std::uint64_t n_missing = 0;  ///< not a number
    std::uint64_t n_at_rail = 0;
    bool any = false;
};

/// Counts frames and holes, and finds the range of each channel.
class Survey final : public FrameSink {
public:
    explicit Survey(std::span<const StreamInfo> streams) : streams_(streams), of_(streams.size()) {
        for (std::size_t s = 0; s < streams.size(); ++s) of_[s].channels.resize(streams[s].channels.size());
    }

    struct Stream {
        std::uint64_t n_frames = 0;
        std::uint64_t n_lost = 0;
        std::uint64_t n_gaps = 0;
        std::uint64_t next_index = 0;
        std::vector<ChannelSpan> channels;
    };

    void push(std::size_t s, std::uint64_t first_index, RawFrames frames) noexcept override {
        Stream& stream = of_[s];
        if (first_index > stream.next_index) {
            ++stream.n_gaps;
            stream.n_lost += first_index - stream.next_index;
        }
        stream.next_index = first_index + frames.n_frames;
        stream.n_frames += frames.n_frames;
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            for (std::size_t c = 0; c < frames.n_channels; ++c) add(stream.channels[c], streams_[s].channels[c], frames.at(f, c));
        }
    }

    const Stream& of(std::size_t s) const { return of_[s]; }

private:
    static void add(ChannelSpan& span, const ChannelInfo& info, double raw) noexcept {
        if (!(raw - raw == 0.0)) {
            ++span.n_missing;
            return;
        }
        const bool at_rail = (info.raw_min && raw <= *info.raw_min) || (info.raw_max && raw >= *info.raw_max);
        span.n_at_rail += at_rail ? 1u : 0u;
        const double value = raw * info.scale + info.offset;
        span.least = span.any ? std::min(span.least, value) : value;
        span.most = span.any ? std::max(span.most, value) : value;
        span.any = true;
        span.shape.add(value);
    }

    std::span<const StreamInfo> streams_;
    std::vector<Stream> of_;
};

void print_stream(const StreamInfo& info, const Survey::Stream& seen) {
    fmt::print("{}: {} channel{} at {:.6g} Hz, {} frames, {:.3f} s", info.name, info.channels.size(),
               info.channels.size() == 1 ? "" : "s", info.rate.hz(), seen.n_frames, info.rate.time_s(seen.next_index));
    if (seen.n_gaps > 0) {
        fmt::print("; {} gap{}, {} frames lost ({:.3f} s)", seen.n_gaps, seen.n_gaps == 1 ? "" : "s", seen.n_lost,
                   info.rate.time_s(seen.n_lost));
    }
    fmt::print("\n");
    for (std::size_t c = 0; c < info.channels.size(); ++c) {
        const ChannelInfo& channel = info.channels[c];
        const ChannelSpan& span = seen.channels[c];
        fmt::print("  {:>3} {:<20} {:<7}", c + 1, channel.label, channel.unit.empty() ? "?" : channel.unit);
        if (span.any) fmt::print(" {:>12.5g} … {:<12.5g}", span.least, span.most);
        if (span.any) fmt::print(" {}", span.shape.text());
        if (span.any && span.least == span.most) fmt::print(" constant");
        if (span.n_at_rail > 0) fmt::print(" {} at the end of the range", span.n_at_rail);
        if (span.n_missing > 0) fmt::print(" {} missing", span.n_missing);
        fmt::print("\n");
    }
}

void print_text(const std::string& path, const RecordingReader& reader, const Survey& survey) {
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

std::string channel_json(const ChannelInfo& channel, const ChannelSpan& span) {
    return fmt::format("{{\"label\":{},\"unit\":{},\"min\":{},\"max\":{},\"missing\":{},\"at_rail\":{}}}", json_string(channel.label),
                       json_string(channel.unit), span.any ? fmt::format("{:.9g}", span.least) : "null",
                       span.any ? fmt::format("{:.9g}", span.most) : "null", span.n_missing, span.n_at_rail);
}

void print_json(const std::string& path, const RecordingReader& reader, const Survey& survey, bool rate_known) {
    const RecordingFacts& facts = reader.facts();
    std::string streams, notes, annotations;
    for (std::size_t s = 0; s < reader.streams().size(); ++s) {
        const StreamInfo& info = reader.streams()[s];
        const Survey::Stream& seen = survey.of(s);
        std::string channels;
        for (std::size_t c = 0; c < info.channels.size(); ++c) {
            channels += (c == 0 ? "" : ",") + channel_json(info.channels[c], seen.channels[c]);
        }
        streams += fmt::format("{}{{\"name\":{},\"rate_hz\":{},\"frames\":{},\"lost_frames\":{},\"gaps\":{},\"channels\":[{}]}}",
                               s == 0 ? "" : ",", json_string(info.name), rate_known ? fmt::format("{:.12g}", info.rate.hz()) : "null", seen.n_frames, seen.n_lost, seen.n_gaps, channels);
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
    // Without a rate or a unit a file can still be looked at: what is missing is said.
    ReadOptions how;
    std::unique_ptr<RecordingReader> reader;
    try {
        reader = open_recording(system_files(), options.file, how);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
        how.rate = Rate{1, 1};
        reader = open_recording(system_files(), options.file, how);
        fmt::print(stderr, "tonus: {}; counted here at 1 Hz\n", error.what());
    }
    Survey survey{reader->streams()};
    {
        ProgressBar progress{"reading", !options.voice.quiet && !options.voice.json};
        while (reader->next(survey)) progress.show(reader->progress());
    }
    if (options.voice.json) print_json(options.file, *reader, survey, !how.rate.has_value());
    else if (!options.voice.quiet) print_text(options.file, *reader, survey);
    if (reader->trouble().empty()) return 0;
    fmt::print(stderr, "tonus: {}: {}\n", options.file, reader->trouble());
    return 1;
}

}  // namespace tonus::cli
