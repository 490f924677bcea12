#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "engine/core/error.hpp"
#include "engine/timeline/tap_alignment.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {
namespace {

/// Gathers how suddenly each stream changes, on the recording's clock.
class TapSignals final : public FrameSink {
public:
    explicit TapSignals(std::span<const StreamInfo> streams) : streams_(streams), signals_(streams.size()), last_(streams.size()) {
        for (std::size_t s = 0; s < streams.size(); ++s) {
            signals_[s].rate_hz = streams[s].rate.hz();
            signals_[s].start_s = std::numeric_limits<double>::infinity();
        }
    }

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        TapSignal& signal = signals_[stream];
        std::vector<double>& last = last_[stream];
        const double end_s = static_cast<double>(frames.arrival_ns) * 1e-9;
        // The earliest of all arrivals: late ones say nothing.
        signal.start_s = std::min(signal.start_s, end_s - streams_[stream].rate.time_s(first_index + frames.n_frames));
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            const bool follows = first_index + f == signal.strength.size() && !last.empty();
            last.resize(frames.n_channels);
            double strength = 0.0;
            for (std::size_t ch = 0; ch < frames.n_channels; ++ch) {
                const double value = frames.at(f, ch) * streams_[stream].channels[ch].scale;
                if (follows && std::isfinite(value - last[ch])) strength += std::abs(value - last[ch]);
                last[ch] = value;
            }
            // Across a gap there is no step.
            signal.strength.resize(std::max<std::size_t>(signal.strength.size(), first_index + f));
            signal.strength.push_back(strength);
        }
    }

    const TapSignal& of(std::size_t stream) const noexcept { return signals_[stream]; }

private:
    std::span<const StreamInfo> streams_;
    std::vector<TapSignal> signals_;
    std::vector<std::vector<double>> last_;
};

std::optional<std::size_t> first_of(std::span<const StreamInfo> streams, StreamKind kind) {
    for (std::size_t s = 0; s < streams.size(); ++s) {
        if (streams[s].kind == kind) return s;
    }
    return std::nullopt;
}

}  // namespace

int align(const AlignOptions& options) {
    const std::unique_ptr<Device> device = open_device(recording_url(options.file));
    if (device->pacing() != Pacing::stamped) throw usage_error(options.file + ": is no recording: record the taps first, then align the file");
    const std::span<const StreamInfo> streams = device->streams();
    const auto emg = first_of(streams, StreamKind::emg), motion = first_of(streams, StreamKind::acceleration);
    if (!emg || !motion) throw usage_error(options.file + ": needs a stream of EMG and one of acceleration, to find the same taps in both");
    TapSignals signals{streams};
    device->start();
    while (device->read(signals, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    device->stop();
    const TapAlignment found = align_taps(find_taps(signals.of(*emg)), find_taps(signals.of(*motion)), options.later_s_max);
    if (options.voice.json) {
        fmt::print("{{\"later_s\":{:.6f},\"uncertainty_s\":{:.6f},\"taps\":{}}}\n", found.later_s, found.uncertainty_s, found.n_matched);
    } else if (!options.voice.quiet) {
        fmt::print("{} shows the taps {:.1f} ms {} than {} (+-{:.1f} ms, {} taps)\n", streams[*motion].name, 1e3 * std::abs(found.later_s),
                   found.later_s < 0.0 ? "earlier" : "later", streams[*emg].name, 1e3 * found.uncertainty_s, found.n_matched);
    }
    return 0;
}

}  // namespace tonus::cli
