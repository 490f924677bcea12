#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/delsys.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint16_t kVersion = 3;
constexpr std::size_t kChannelCountAt = 0x127;
constexpr std::size_t kFrameCountAt = 0x12b;
constexpr std::size_t kRateAt = 0x133;
constexpr std::size_t kDataOffsetAt = 0x143;
constexpr std::size_t kFileNameAt = 0x15b;   // length, then the name of a video, then the channels
constexpr std::size_t kHeadBytes = 0xffff;   // of the head, whose end is a word

struct EmgHead {
    std::uint64_t n_channels = 0;
    std::uint64_t n_frames = 0;
    std::uint64_t data_at = 0;
    SignalGroup group = {};
};

Error damaged_emg(const std::string& path, std::size_t byte, const std::string& what) {
    return input_error(fmt::format("{}: byte {}: {}; export the recording as text or EDF", path, byte, what));
}

/// Takes a text with its length in front off the head.
std::string take_text(const ByteView& head, std::size_t& at) {
    const std::size_t n = head.u32(at).value_or(0);
    const std::string text = clean_text(head.text(at + 4, n), limits::kLabelBytes);
    at += 4 + std::min(n, head.size());
    return text;
}

/// One channel's entry: number, unit, name, gain, a factor, volts of a step, offset, and the pass band.
Signal take_channel(const ByteView& head, std::size_t& at, const std::string& path) {
    const std::size_t begin = at;
    at += 4;
    const std::string unit = take_text(head, at), name = take_text(head, at);
    const double gain = head.f64(at).value_or(0.0), step = head.f64(at + 16).value_or(0.0), offset = head.f64(at + 24).value_or(0.0);
    at += 48;
    const bool usable = std::isfinite(gain) && gain != 0.0 && std::isfinite(step) && step != 0.0 && std::isfinite(offset) && at <= head.size();
    if (!usable) throw damaged_emg(path, begin, "the entry of a channel is damaged");
    Signal signal;
    signal.info.label = name;
    signal.kind = kind_of_label(name);
    signal.info.scale = step / gain;
    signal.info.offset = offset;
    signal.info.raw_min = -32768.0;
    signal.info.raw_max = 32767.0;
    set_unit(signal, unit);
    return signal;
}

EmgHead read_head(const RecordingFile& recording) {
    std::vector<std::byte> bytes(kHeadBytes);
    bytes.resize(recording.file->read_at(0, bytes));
    const ByteView head{bytes};
    const std::string& path = recording.path;
    if (const auto version = head.u16(4); version != kVersion) {
        throw damaged_emg(path, 4, fmt::format("version {} of the format is not known, only {}", version.value_or(0), kVersion));
    }
    EmgHead emg{.n_channels = head.u32(kChannelCountAt).value_or(0), .n_frames = head.u32(kFrameCountAt).value_or(0),
                .data_at = head.u32(kDataOffsetAt).value_or(0)};
    if (emg.n_channels == 0 || emg.n_channels > limits::kColumns) throw damaged_emg(path, kChannelCountAt, fmt::format("{} channels cannot be", emg.n_channels));
    const double hz = head.f64(kRateAt).value_or(0.0);
    if (!(hz >= 1e-3 && hz <= 1e6)) throw damaged_emg(path, kRateAt, fmt::format("{} Hz is no rate", hz));
    if (emg.data_at < kFileNameAt || emg.data_at > recording.file->size()) throw damaged_emg(path, kDataOffsetAt, "the samples begin beyond the file");
    emg.group = {.rate = rate_from_hz(hz), .type = SampleType::int32};
    std::size_t at = kFileNameAt;
    take_text(head, at);
    for (std::uint64_t i = 0; i < emg.n_channels; ++i) emg.group.signals.push_back(take_channel(head, at, path));
    return emg;
}

class EmgFrames final : public FrameSource {
public:
    EmgFrames(RecordingFile recording, const EmgHead& head) : recording_(std::move(recording)), data_at_(head.data_at), n_frame_(2 * head.n_channels) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        for (std::uint64_t i = first; i < first + n_frames; ++i) {
            const ByteView frame = bytes_.at(data_at_ + i * n_frame_, n_frame_);
            if (frame.size() != n_frame_) throw input_error("truncated: the file was shortened while it was read");
            for (const std::size_t c : stream.signals) into.add(*frame.i16(2 * c));
        }
    }

private:
    RecordingFile recording_;
    std::uint64_t data_at_;
    std::size_t n_frame_;
    ByteWindow bytes_{*recording_.file};
};

bool recognises(ByteView head) { return head.text(0, 4) == "DEMG"; }

std::unique_ptr<RecordingReader> open_emg(RecordingFile recording, const ReadOptions& options) {
    if (ByteWindow{*recording.file}.at(0, 4).text() != "DEMG") throw damaged_emg(recording.path, 0, "this is no EMGworks file");
    EmgHead head = read_head(recording);
    const std::uint64_t size = recording.file->size(), n_there = (size - head.data_at) / (2 * head.n_channels);
    EvenRecording even{.facts = {.format = "Delsys EMGworks .emg"}};
    if (n_there < head.n_frames) even.trouble = truncated(head.n_frames, n_there, size);
    refuse_other_rate(options, head.group.rate, recording.path);
    even.streams = plan_streams({head.group}, options, recording.path, even.facts.notes);
    even.n_frames.assign(even.streams.size(), std::min(n_there, head.n_frames));
    even.source = std::make_unique<EmgFrames>(std::move(recording), head);
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat delsys_emg_format{.name = "Delsys .emg", .extensions = ".emg", .recognises = &recognises, .open = &open_emg};

}  // namespace tonus::formats
