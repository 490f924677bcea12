#include "engine/formats/shimmer_log.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/shimmer_sensors.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kHeadBytes = 256, kBlockBytes = 512, kSyncBytes = 9;
constexpr std::size_t kTrialAt = 0x10, kHardwareAt = 0x1e, kFirmwareAt = 0x22;
constexpr unsigned kShimmer3 = 3, kShimmer3R = 10, kSynchronised = 4;
constexpr std::uint64_t kClockHz = 32768, kClockMask = 0xffffff;
constexpr std::size_t kProbed = 64;

unsigned u16_swapped_at(const ByteView& head, std::size_t at) {
    return static_cast<unsigned>(head.u8(at).value_or(0)) << 8 | head.u8(at + 1).value_or(0);
}

/// Where samples lie: blocks without padding, in synchronised logs each behind nine bytes of a master's clock.
struct Places {
    std::uint64_t sample_bytes = 0, n_per_block = 0, n_sync = 0;

    std::uint64_t block_bytes() const noexcept { return n_sync + n_per_block * sample_bytes; }
    std::uint64_t of(std::uint64_t sample) const noexcept {
        return kHeadBytes + sample / n_per_block * block_bytes() + n_sync + sample % n_per_block * sample_bytes;
    }
    std::uint64_t count(std::uint64_t file_bytes) const noexcept {
        const std::uint64_t n = file_bytes - kHeadBytes, rest = n % block_bytes();
        return n / block_bytes() * n_per_block + (rest > n_sync ? (rest - n_sync) / sample_bytes : 0);
    }
};

/// Samples without a hole between them.
struct Run {
    std::uint64_t first = 0;   ///< frame
    std::uint64_t sample = 0;  ///< in the file
};

class ShimmerFrames final : public FrameSource {
public:
    ShimmerFrames(RecordingFile recording, const Places& places, std::vector<ShimmerChannel> channels, std::vector<Run> runs)
        : recording_(std::move(recording)), places_(places), channels_(std::move(channels)), runs_(std::move(runs)) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        const auto after = std::upper_bound(runs_.begin(), runs_.end(), first, [](std::uint64_t frame, const Run& run) { return frame < run.first; });
        const Run& run = *(after - 1);
        for (std::uint64_t i = 0; i < n_frames; ++i) {
            const auto n_bytes = static_cast<std::size_t>(places_.sample_bytes);
            const ByteView sample = bytes_.at(places_.of(run.sample + first - run.first + i), n_bytes);
            if (sample.size() != n_bytes) throw input_error("truncated: the file was shortened while it was read");
            for (const std::size_t c : stream.signals) into.add(shimmer_value(sample, channels_[c]));
        }
    }

private:
    RecordingFile recording_;
    Places places_;
    std::vector<ShimmerChannel> channels_;
    std::vector<Run> runs_;
    ByteWindow bytes_{*recording_.file};
};

/// What the clock says of all samples.
struct Course {
    std::vector<Run> runs{{}};
    std::vector<Hole> holes = {};
    std::uint64_t n_frames = 0;
    std::string trouble = {};
};

std::uint64_t clock_of(const ByteView& sample) { return static_cast<std::uint64_t>(sample.u16(0).value_or(0)) | static_cast<std::uint64_t>(sample.u8(2).value_or(0)) << 16; }

/// Goes through the clocks, which step by `divider` where nothing is missing.
Course follow_clock(const RecordingFile& recording, const Places& places, std::uint64_t divider) {
    Course course;
    ByteWindow bytes{*recording.file};
    const std::uint64_t n_samples = places.count(bytes.size());
    std::uint64_t before = 0, n_even = 0;
    for (std::uint64_t i = 0; i < n_samples; ++i) {
        const std::uint64_t clock = clock_of(bytes.at(places.of(i), 3)), step = (clock - before) & kClockMask;
        before = clock;
        const std::uint64_t n_steps = i == 0 ? 1 : std::max<std::uint64_t>(1, (step + divider / 2) / divider);
        n_even += i > 0 && step + 2 >= divider && step <= divider + 2 ? 1u : 0u;
        if (i + 1 == std::min<std::uint64_t>(n_samples, kProbed) && i > 2 && 2 * n_even < i) {
            throw input_error(fmt::format("{}: byte {}: the clocks of its samples do not step by {}; a log of other firmware? Export it as CSV with Consensys", recording.path, kHeadBytes, divider));
        }
        if (n_steps > 1) {
            const bool possible = course.holes.size() < limits::kHoles && static_cast<double>((course.n_frames + n_steps) * divider) < limits::kEndS * static_cast<double>(kClockHz);
            if (!possible) {
                course.trouble = fmt::format("damaged: at byte {} there are more holes than any log has; everything before it was read", places.of(i));
                return course;
            }
            course.holes.push_back({course.n_frames, n_steps - 1});
            course.n_frames += n_steps - 1;
            course.runs.push_back({course.n_frames, i});
        }
        ++course.n_frames;
    }
    if (n_samples == 0 || places.of(n_samples - 1) + places.sample_bytes != bytes.size()) {
        course.trouble = fmt::format("truncated: the sample after {} breaks off; everything before it was read", n_samples);
    }
    return course;
}

bool recognises(ByteView head) {
    const unsigned hardware = u16_swapped_at(head, kHardwareAt), firmware = u16_swapped_at(head, kFirmwareAt);
    return head.size() >= kHeadBytes && (hardware == kShimmer3 || hardware == kShimmer3R) && (firmware == 2 || firmware == 3) && head.u16(0) != 0;
}

std::unique_ptr<RecordingReader> open_log(RecordingFile recording, const ReadOptions& options) {
    std::vector<std::byte> bytes(kHeadBytes);
    bytes.resize(recording.file->read_at(0, bytes));
    const ByteView head{bytes};
    const std::string& path = recording.path;
    const auto refused = [&](const std::string& what) { return input_error(fmt::format("{}: a log of a Shimmer whose layout is not known: {}; export it as CSV with Consensys", path, what)); };
    if (u16_swapped_at(head, kHardwareAt) == kShimmer3R) throw refused("a Shimmer3R");
    ShimmerLayout layout = shimmer_layout(head);
    if (!layout.unknown.empty()) throw refused(layout.unknown);
    if (layout.channels.empty()) throw refused("it names no sensor that is read");
    const std::uint64_t n_sync = (head.u16(kTrialAt).value_or(0) & kSynchronised) != 0 ? kSyncBytes : 0;
    if (n_sync > 0) add_note(layout.notes, "its clock was compared with that of another Shimmer; the times are its own");
    const Places places{.sample_bytes = layout.sample_bytes, .n_per_block = (kBlockBytes - n_sync) / layout.sample_bytes, .n_sync = n_sync};

    const std::uint64_t divider = *head.u16(0), common = std::gcd(kClockHz, divider);
    SignalGroup group{.rate = {kClockHz / common, divider / common}, .type = SampleType::int32};
    for (const ShimmerChannel& channel : layout.channels) group.signals.push_back(channel.signal);
    refuse_other_rate(options, group.rate, path);
    Course course = follow_clock(recording, places, divider);
    EvenRecording even{.facts = {.format = "Shimmer3 log", .notes = layout.notes}, .trouble = course.trouble};
    even.streams = plan_streams({group}, options, path, even.facts.notes);
    even.n_frames.assign(even.streams.size(), course.n_frames);
    even.holes.assign(even.streams.size(), course.holes);
    even.source = std::make_unique<ShimmerFrames>(std::move(recording), places, std::move(layout.channels), std::move(course.runs));
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat shimmer_log_format{.name = "Shimmer3 log", .extensions = "", .recognises = &recognises, .open = &open_log};

}  // namespace tonus::formats
