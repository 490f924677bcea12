#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/mains_detector.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus::test {

inline constexpr double kTurn = 2.0 * std::numbers::pi;

/// Frames of channels, and a flag for each sample.
struct Signal {
    double rate_hz = 1000.0;
    std::size_t n_channels = 1;
    std::vector<float> uv = {};
    std::vector<std::uint8_t> flags = {};

    std::size_t n_frames() const { return uv.size() / n_channels; }
    std::size_t frame_at(double s) const { return static_cast<std::size_t>(s * rate_hz); }
    float& at(std::size_t frame, std::size_t channel = 0) { return uv[frame * n_channels + channel]; }
    float at(std::size_t frame, std::size_t channel = 0) const { return uv[frame * n_channels + channel]; }

    /// RMS of the difference to another signal, over a stretch of time.
    double rms_beside(const Signal& other, double from_s, double to_s, std::size_t channel = 0) const {
        double sum = 0.0;
        for (std::size_t i = frame_at(from_s); i < frame_at(to_s); ++i) {
            const double d = static_cast<double>(at(i, channel)) - static_cast<double>(other.at(i, channel));
            sum += d * d;
        }
        return std::sqrt(sum / static_cast<double>(frame_at(to_s) - frame_at(from_s)));
    }
};

inline Signal emg(double rate_hz, double seconds, double rms_uv, std::size_t n_channels = 1, std::uint64_t seed = 1) {
    Signal signal{.rate_hz = rate_hz, .n_channels = n_channels};
    const auto n = static_cast<std::size_t>(seconds * rate_hz);
    signal.uv.resize(n * n_channels);
    signal.flags.resize(n * n_channels, 0);
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        EmgSource source = model_emg(rate_hz, 1000 * seed + ch);
        for (std::size_t i = 0; i < n; ++i) signal.at(i, ch) = static_cast<float>(rms_uv * source.next());
    }
    return signal;
}

/// A line of hum between two times.
inline Signal with_hum(Signal signal, double f_hz, double amplitude_uv, std::size_t channel = 0, double from_s = 0.0, double to_s = 1e9) {
    for (std::size_t i = signal.frame_at(from_s); i < std::min(signal.n_frames(), signal.frame_at(std::min(to_s, 1e5))); ++i) {
        signal.at(i, channel) += static_cast<float>(amplitude_uv * std::sin(kTurn * f_hz * static_cast<double>(i) / signal.rate_hz + 0.7));
    }
    return signal;
}

/// Gives a signal to a function in blocks of `cut` frames, which it may change.
template <class Each>
void in_blocks(Signal& signal, std::size_t cut, Each each, std::size_t from = 0, std::size_t to = std::numeric_limits<std::size_t>::max()) {
    const std::size_t stride = padded_lanes(signal.n_channels), end = std::min(to, signal.n_frames());
    std::vector<float> samples(stride * cut, 0.0f);
    std::vector<std::uint8_t> flags(stride * cut, 0);
    for (std::size_t done = from; done < end; done += cut) {
        const std::size_t n = std::min(cut, end - done);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t ch = 0; ch < signal.n_channels; ++ch) {
                samples[i * stride + ch] = signal.at(done + i, ch);
                flags[i * stride + ch] = signal.flags[(done + i) * signal.n_channels + ch];
            }
        }
        each(Block<unit::Microvolt>{samples.data(), flags.data(), signal.n_channels, n});
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t ch = 0; ch < signal.n_channels; ++ch) signal.at(done + i, ch) = samples[i * stride + ch];
        }
    }
}

inline MainsDetector detector_for(const Signal& signal) {
    return MainsDetector{{.rate = rate_from_hz(signal.rate_hz), .n_channels = signal.n_channels}};
}
inline MainsCanceller canceller_for(const Signal& signal, double width_hz = 0.32) {
    return MainsCanceller{{.rate = rate_from_hz(signal.rate_hz), .n_channels = signal.n_channels, .width_hz = width_hz}};
}

inline MainsState known(double f_hz, std::bitset<kMainsHarmonicsMax> harmonics = 1) {
    return {.nominal_hz = f_hz, .frequency_hz = f_hz, .harmonics = harmonics};
}

}  // namespace tonus::test
