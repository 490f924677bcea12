#include <algorithm>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/core/error.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/delsys.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

enum HpfChunk : std::int64_t { kHeader = 0x1000, kChannels = 0x2000, kData = 0x3000 };
constexpr std::uint64_t kChunkHeadBytes = 16;
constexpr std::size_t kValueBytes = 4;

/// Frames of one group in one chunk; each channel lies in a piece of its own.
struct HpfRun {
    std::uint64_t first = 0;
    std::uint64_t n_frames = 0;
    std::uint64_t at = 0;  ///< of the chunk
};

struct HpfGroup {
    std::uint32_t number = 0;
    SignalGroup signals = {};
    std::vector<HpfRun> runs = {};
    std::vector<Hole> holes = {};
    std::uint64_t n_frames = 0;  ///< lost ones too
};

Error damaged_hpf(const std::string& path, std::uint64_t byte, const std::string& what) {
    return input_error(fmt::format("{}: byte {}: {}; export the recording as text or EDF", path, byte, what));
}

/// The list of a group's channels, in XML that blanks or zero bytes fill up.
HpfGroup read_channels(const ByteView& content, const std::string& path, std::uint64_t at) {
    HpfGroup group{.number = content.u32(0).value_or(0)};
    std::string_view xml = content.text().substr(std::min<std::size_t>(8, content.size()));
    xml = xml.substr(0, xml.find('\0'));
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) throw damaged_hpf(path, at, "the list of channels is damaged");
    for (const pugi::xml_node& channel : document.child("ChannelInformationData").children("ChannelInformation")) {
        if (group.signals.signals.size() == limits::kColumns) throw damaged_hpf(path, at, "there are more channels than any system has");
        group.signals.signals.push_back(signal_of_heading(channel.child_value("Name")));
        const double hz = channel.child("PerChannelSampleRate").text().as_double();
        const double scale = channel.child("UsesSensorValues").text().as_bool() ? 1.0 : 0.0;
        if (!(hz >= 1e-3 && hz <= 1e6)) throw damaged_hpf(path, at, fmt::format("{} Hz is no rate", hz));
        const Rate rate = rate_from_hz(hz);
        if (group.signals.signals.size() > 1 && group.signals.rate != rate) throw damaged_hpf(path, at, "channels of one group have different rates");
        group.signals.rate = rate;
        if (scale == 0.0) throw damaged_hpf(path, at, "values are not in the unit of the sensor");
    }
    group.signals.type = SampleType::float32;
    return group;
}

/// Goes through the chunks of a file.
class HpfIndex {
public:
    HpfIndex(const RecordingFile& recording) : path_(recording.path), bytes_(*recording.file) {
        for (std::uint64_t at = 0; at < bytes_.size();) {
            const ByteView head = bytes_.at(at, kChunkHeadBytes);
            const std::int64_t id = head.i64(0).value_or(0), n_bytes = head.i64(8).value_or(0);
            const bool whole = n_bytes >= static_cast<std::int64_t>(kChunkHeadBytes) && static_cast<std::uint64_t>(n_bytes) <= bytes_.size() - at;
            if (!whole) {
                trouble_ = fmt::format("truncated: the chunk at byte {} is cut; everything before it was read", at);
                break;
            }
            if (id == kChannels) take_channels(at, static_cast<std::uint64_t>(n_bytes));
            if (id == kData) take_data(at, static_cast<std::uint64_t>(n_bytes));
            at += static_cast<std::uint64_t>(n_bytes);
        }
        if (groups_.empty()) throw damaged_hpf(path_, 0, "there is no list of channels");
    }

    std::vector<HpfGroup>& groups() { return groups_; }
    const std::string& trouble() const { return trouble_; }

private:
    void take_channels(std::uint64_t at, std::uint64_t n_bytes) {
        if (n_bytes > limits::kXmlBytes || groups_.size() == limits::kStreams) throw damaged_hpf(path_, at, "the list of channels is too long");
        groups_.push_back(read_channels(bytes_.at(at + kChunkHeadBytes, static_cast<std::size_t>(n_bytes - kChunkHeadBytes)), path_, at));
    }

    void take_data(std::uint64_t at, std::uint64_t n_bytes) {
        const ByteView head = bytes_.at(at + kChunkHeadBytes, 16);
        const auto number = head.u32(0);
        const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const HpfGroup& g) { return g.number == number; });
        const std::uint64_t first = head.u64(4).value_or(0);
        if (group == groups_.end() || head.u32(12) != group->signals.signals.size()) return refuse(at, "belongs to no list of channels");
        HpfRun run{.first = first, .at = at};
        const std::size_t n_channels = group->signals.signals.size();
        const ByteView table = bytes_.at(at + kChunkHeadBytes + 16, 8 * n_channels);
        for (std::size_t c = 0; c < n_channels; ++c) {
            const auto offset = table.u32(8 * c), n_piece = table.u32(8 * c + 4);
            if (!offset || !n_piece || *offset > n_bytes || *n_piece > n_bytes - *offset) return refuse(at, "has a channel beyond its end");
            const std::uint64_t n_frames = *n_piece / kValueBytes;
            run.n_frames = c == 0 ? n_frames : std::min(run.n_frames, n_frames);
        }
        const bool possible = first >= group->n_frames && group->signals.rate.time_s(first - group->n_frames) < limits::kGapS &&
                              group->signals.rate.time_s(first) < limits::kEndS;
        if (!possible) return refuse(at, fmt::format("begins at frame {}, which cannot be after {}", first, group->n_frames));
        if (first > group->n_frames) group->holes.push_back({group->n_frames, first - group->n_frames});
        if (run.n_frames > 0) group->runs.push_back(run);
        group->n_frames = first + run.n_frames;
    }

    void refuse(std::uint64_t at, const std::string& why) {
        if (trouble_.empty()) trouble_ = fmt::format("damaged: the chunk at byte {} {}; it is left out", at, why);
    }

    std::string path_;
    ByteWindow bytes_;
    std::vector<HpfGroup> groups_;
    std::string trouble_;
};

class HpfFrames final : public FrameSource {
public:
    HpfFrames(RecordingFile recording, std::vector<HpfGroup> groups) : recording_(std::move(recording)), groups_(std::move(groups)) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        const std::vector<HpfRun>& runs = groups_[stream.group].runs;
        auto run = std::upper_bound(runs.begin(), runs.end(), first, [](std::uint64_t index, const HpfRun& r) { return index < r.first + r.n_frames; });
        std::vector<float> values(n_frames * stream.signals.size());
        for (std::uint64_t done = 0; done < n_frames; ++run) {
            const std::uint64_t from = first + done - run->first, n = std::min(n_frames - done, run->n_frames - from);
            for (std::size_t c = 0; c < stream.signals.size(); ++c) {
                const auto piece = bytes_.at(run->at + kChunkHeadBytes + 16 + 8 * stream.signals[c], 4).u32(0);
                const std::size_t n_bytes = static_cast<std::size_t>(n) * kValueBytes;
                const ByteView view = bytes_.at(run->at + piece.value_or(0) + from * kValueBytes, n_bytes);
                if (view.size() != n_bytes) throw input_error("truncated: the file was shortened while it was read");
                for (std::uint64_t f = 0; f < n; ++f) values[(done + f) * stream.signals.size() + c] = *view.f32(f * kValueBytes);
            }
            done += n;
        }
        for (const float value : values) into.add(static_cast<double>(value));
    }

private:
    RecordingFile recording_;
    std::vector<HpfGroup> groups_;
    ByteWindow bytes_{*recording_.file};
};

bool recognises(ByteView head) { return head.i64(0) == kHeader && head.text(kChunkHeadBytes, 4) == "datx"; }

std::unique_ptr<RecordingReader> open_hpf(RecordingFile recording, const ReadOptions& options) {
    HpfIndex index{recording};
    EvenRecording even{.facts = {.format = "Delsys EMGworks .hpf"}, .trouble = index.trouble()};
    std::vector<SignalGroup> signals;
    for (const HpfGroup& group : index.groups()) {
        signals.push_back(group.signals);
        if (!group.signals.signals.empty()) refuse_other_rate(options, group.signals.rate, recording.path);
    }
    even.streams = plan_streams(std::move(signals), options, recording.path, even.facts.notes);
    for (const PlannedStream& stream : even.streams) {
        even.n_frames.push_back(index.groups()[stream.group].n_frames);
        even.holes.push_back(index.groups()[stream.group].holes);
    }
    even.source = std::make_unique<HpfFrames>(std::move(recording), std::move(index.groups()));
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat delsys_hpf_format{.name = "Delsys .hpf", .extensions = ".hpf", .recognises = &recognises, .open = &open_hpf};

}  // namespace tonus::formats
