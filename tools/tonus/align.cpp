#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

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

/// A stream of one of the sources.
struct Place {
    std::size_t source, stream;
};

std::optional<Place> first_of(const Sources& sources, StreamKind kind) {
    for (std::size_t d = 0; d < sources.streams.size(); ++d) {
        for (std::size_t s = 0; s < sources.streams[d].size(); ++s) {
            if (sources.streams[d][s].kind == kind) return Place{d, s};
        }
    }
    return std::nullopt;
}

/// What the session file is to say, ready to be pasted.
void say_key(const std::string& device_id, std::size_t source, double delay_ms) {
    fmt::print("In the session file, in the {} [[source]] ({}):\ndelay_ms = {:.1f}\n",
               source == 0 ? "first" : fmt::format("{}{}", source + 1, source == 1 ? "nd" : source == 2 ? "rd" : "th"), device_id, delay_ms);
}

}  // namespace

int align(const AlignOptions& options) {
    Sources sources = open_recordings({options.file}, {});
    for (const Device* device : sources.devices) {
        if (device->pacing() != Pacing::stamped) throw usage_error(options.file + ": is no recording: record the taps first, then align the file");
    }
    const auto emg = first_of(sources, StreamKind::emg), motion = first_of(sources, StreamKind::acceleration);
    if (!emg || !motion) throw usage_error(options.file + ": needs a stream of EMG and one of acceleration, to find the same taps in both");
    std::vector<TapSignals> signals;
    for (std::size_t d = 0; d < sources.devices.size(); ++d) {
        Device& device = *sources.devices[d];
        TapSignals& heard = signals.emplace_back(sources.streams[d]);
        device.start();
        while (device.read(heard, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
        device.stop();
    }
    const TapAlignment found = align_taps(find_taps(signals[emg->source].of(emg->stream)), find_taps(signals[motion->source].of(motion->stream)),
                                          options.later_s_max);
    const StreamInfo& muscle = sources.streams[emg->source][emg->stream];
    const StreamInfo& sensor = sources.streams[motion->source][motion->stream];
    // A delay is never negative: it is that of the source which is later.
    const Place late = found.later_s < 0.0 ? *emg : *motion;
    const double delay_ms = 1e3 * std::abs(found.later_s);
    const bool can_be_set = emg->source != motion->source;
    if (options.voice.json) {
        const std::string key = can_be_set ? fmt::format(",\"source\":{},\"delay_ms\":{:.1f}", late.source, delay_ms) : "";
        fmt::print("{{\"later_s\":{:.6f},\"uncertainty_s\":{:.6f},\"taps\":{}{}}}\n", found.later_s, found.uncertainty_s, found.n_matched, key);
    } else if (!options.voice.quiet) {
        fmt::print("{} shows the taps {:.1f} ms {} than {} (+-{:.1f} ms, {} taps)\n", sensor.name, delay_ms, found.later_s < 0.0 ? "earlier" : "later",
                   muscle.name, 1e3 * found.uncertainty_s, found.n_matched);
        if (can_be_set) say_key(sources.streams[late.source][late.stream].device_id, late.source, delay_ms);
        else fmt::print("Both come from one source, whose streams cannot be moved against each other.\n");
    }
    return 0;
}

}  // namespace tonus::cli
