#include "engine/formats/c3d.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/c3d_parameters.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kBlockBytes = 512;
constexpr std::size_t kWordsPerPoint = 4;      // x, y, z, and cameras with residual
constexpr std::uint16_t kFrameOverflow = 65535;

/// Where the analog samples lie.
struct C3dLayout {
    C3dProcessor processor = C3dProcessor::intel;
    bool real = false;
    bool is_unsigned = false;
    std::uint64_t n_frames = 0;          ///< of the cameras, as the header says
    std::size_t n_channels = 0;
    std::size_t n_per_frame = 1;         ///< analog samples of a channel
    std::size_t point_bytes = 0;         ///< before the analog samples of a frame
    std::uint64_t data_at = 0;
    Rate rate = {};

    std::size_t value_bytes() const noexcept { return real ? 4 : 2; }
    std::size_t frame_bytes() const noexcept { return point_bytes + n_channels * n_per_frame * value_bytes(); }
};

Error damaged_c3d(const std::string& path, std::uint64_t byte, const std::string& what) {
    return input_error(fmt::format("{}: byte {}: {}; export the file again", path, byte, what));
}

std::uint64_t frame_count(const ByteView& head, const C3dParameters& parameters) {
    const std::uint64_t first = c3d_word(head, 6, parameters.processor()).value_or(1), last = c3d_word(head, 8, parameters.processor()).value_or(0);
    const std::vector<double> from = parameters.numbers("TRIAL:ACTUAL_START_FIELD"), to = parameters.numbers("TRIAL:ACTUAL_END_FIELD");
    const auto field = [](const std::vector<double>& words) {  // low and high half, read as signed
        const auto half = [](double word) { return word < 0.0 ? word + 65536.0 : word; };
        return static_cast<std::uint64_t>(std::clamp(half(words[0]) + 65536.0 * half(words[1]), 0.0, 4294967295.0));
    };
    if (last == kFrameOverflow && from.size() == 2 && to.size() == 2 && field(to) >= field(from)) return field(to) - field(from) + 1;
    const std::optional<double> n_long = parameters.number("POINT:LONG_FRAMES");
    if (last == kFrameOverflow && n_long && *n_long >= 1.0 && *n_long < 1e12) return static_cast<std::uint64_t>(*n_long);
    return last >= first ? last - first + 1 : 0;
}

C3dLayout read_layout(const ByteView& head, const C3dParameters& parameters, const std::string& path) {
    C3dLayout layout{.processor = parameters.processor()};
    const auto word = [&](std::size_t at) { return c3d_word(head, at, layout.processor).value_or(0); };
    const float scale = c3d_real(head, 12, layout.processor).value_or(0.0f);
    layout.real = scale < 0.0f;
    const std::vector<std::string> format = parameters.texts("ANALOG:FORMAT");
    layout.is_unsigned = !format.empty() && format[0] == "UNSIGNED";
    layout.n_per_frame = std::max<std::size_t>(1, word(18));
    layout.n_channels = word(4) / layout.n_per_frame;
    if (layout.n_channels == 0) throw input_error(fmt::format("{}: holds no analog channels; record EMG together with the markers", path));
    if (layout.n_channels > limits::kColumns) throw damaged_c3d(path, 4, fmt::format("{} analog channels are more than any system has", layout.n_channels));
    layout.point_bytes = std::size_t{word(2)} * kWordsPerPoint * layout.value_bytes();
    layout.n_frames = frame_count(head, parameters);
    const double block = parameters.number("POINT:DATA_START").value_or(0.0);
    const std::uint64_t data_block = block >= 1.0 && block < 65536.0 ? static_cast<std::uint64_t>(block) : word(16);
    if (data_block < 2) throw damaged_c3d(path, 16, "the data begin nowhere");
    layout.data_at = (data_block - 1) * kBlockBytes;
    const double points_hz = parameters.number("POINT:RATE").value_or(static_cast<double>(c3d_real(head, 20, layout.processor).value_or(0.0f)));
    const double hz = points_hz * static_cast<double>(layout.n_per_frame);
    if (!(hz >= 1e-3 && hz <= 1e6)) throw damaged_c3d(path, 20, fmt::format("{} frames per second is no rate", hz));
    layout.rate = rate_from_hz(hz);
    return layout;
}

/// Parameters hold at most 255 values; what is more goes on in LABELS2, SCALE2 ...
template <class Get>
auto continued(Get get, const std::string& name) {
    auto values = get(name);
    for (const char* more : {"2", "3", "4", "5"}) {
        const auto next = get(name + more);
        values.insert(values.end(), next.begin(), next.end());
    }
    return values;
}

SignalGroup read_signals(const C3dLayout& layout, const C3dParameters& parameters) {
    const auto texts = [&](const std::string& name) { return parameters.texts(name); };
    const auto numbers = [&](const std::string& name) { return parameters.numbers(name); };
    const std::vector<std::string> labels = continued(texts, "ANALOG:LABELS"), units = continued(texts, "ANALOG:UNITS");
    const std::vector<double> scales = continued(numbers, "ANALOG:SCALE"), offsets = continued(numbers, "ANALOG:OFFSET");
    const double general = parameters.number("ANALOG:GEN_SCALE").value_or(1.0);
    SignalGroup group{.rate = layout.rate, .type = layout.real ? SampleType::float32 : SampleType::int32};
    for (std::size_t i = 0; i < layout.n_channels; ++i) {
        Signal signal;
        if (i < labels.size()) signal.info.label = labels[i];
        signal.kind = kind_of_label(signal.info.label);
        const double scale = i < scales.size() ? scales[i] : 1.0;
        double offset = i < offsets.size() ? offsets[i] : 0.0;
        if (layout.is_unsigned && offset < 0.0) offset += 65536.0;
        signal.info.scale = std::isfinite(scale * general) ? scale * general : 1.0;
        signal.info.offset = std::isfinite(offset) ? -offset * signal.info.scale : 0.0;
        if (i < units.size()) set_unit(signal, units[i]);
        group.signals.push_back(std::move(signal));
    }
    return group;
}

class C3dFrames final : public FrameSource {
public:
    C3dFrames(RecordingFile recording, C3dLayout layout) : recording_(std::move(recording)), layout_(layout) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        for (std::uint64_t i = first; i < first + n_frames; ++i) {
            const std::size_t n_bytes = layout_.n_channels * layout_.value_bytes();
            const std::uint64_t at = layout_.data_at + (i / layout_.n_per_frame) * layout_.frame_bytes() + layout_.point_bytes +
                                     (i % layout_.n_per_frame) * n_bytes;
            const ByteView frame = bytes_.at(at, n_bytes);
            if (frame.size() != n_bytes) throw input_error("truncated: the file was shortened while it was read");
            for (const std::size_t c : stream.signals) into.add(value(frame, c));
        }
    }

private:
    double value(const ByteView& frame, std::size_t channel) const {
        if (layout_.real) return static_cast<double>(*c3d_real(frame, 4 * channel, layout_.processor));
        const std::uint16_t word = *c3d_word(frame, 2 * channel, layout_.processor);
        return layout_.is_unsigned ? word : static_cast<std::int16_t>(word);
    }

    RecordingFile recording_;
    C3dLayout layout_;
    ByteWindow bytes_{*recording_.file};
};

// The first byte is the block of the parameters, the second a key; a table of numbers has neither.
bool recognises(ByteView head) { return head.u8(1) == 0x50 && head.u8(0).value_or(0) >= 2 && head.u8(0).value_or(0) < 32 && head.size() >= 512; }

std::unique_ptr<RecordingReader> open_c3d(RecordingFile recording, const ReadOptions& options) {
    std::vector<std::byte> head_bytes(kBlockBytes);
    head_bytes.resize(recording.file->read_at(0, head_bytes));
    const ByteView head{head_bytes};
    if (head.size() < kBlockBytes || head.u8(1) != 0x50) throw damaged_c3d(recording.path, 1, "this is no C3D header");
    const C3dParameters parameters{recording, *head.u8(0)};
    const C3dLayout layout = read_layout(head, parameters, recording.path);
    EvenRecording even{.facts = {.format = "C3D"}};
    const std::uint64_t size = recording.file->size();
    const std::uint64_t n_there = (size - std::min(size, layout.data_at)) / layout.frame_bytes();
    if (n_there < layout.n_frames) even.trouble = truncated(layout.n_frames, n_there, size);
    even.streams = plan_streams({read_signals(layout, parameters)}, options, recording.path, even.facts.notes);
    refuse_other_rate(options, layout.rate, recording.path);
    even.n_frames.assign(even.streams.size(), std::min(n_there, layout.n_frames) * layout.n_per_frame);
    even.source = std::make_unique<C3dFrames>(std::move(recording), layout);
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat c3d_format{.name = "C3D", .extensions = ".c3d", .recognises = &recognises, .open = &open_c3d};

}  // namespace tonus::formats
