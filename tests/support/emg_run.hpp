#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "drivers/sim/emg_source.hpp"
#include "engine/pipeline/emg_chain.hpp"

namespace tonus::test {

/// A stream of float64 microvolts, whose range nobody states.
inline StreamInfo microvolt_stream(double rate_hz, std::size_t n_channels = 1) {
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = rate_from_hz(rate_hz), .type = SampleType::float64};
    for (std::size_t ch = 0; ch < n_channels; ++ch) stream.channels.push_back({.label = "ch" + std::to_string(ch + 1)});
    return stream;
}

/// What one chain makes of one channel.
struct EmgRun {
    std::vector<double> rms_uv;
    std::vector<Status> status;

    /// Means over the ticks from `from_s`, which leaves out the settling.
    double mean(double from_s = 2.0) const {
        double sum = 0.0;
        std::size_t n = 0;
        for (auto i = static_cast<std::size_t>(from_s * 100.0); i < rms_uv.size(); ++i, ++n) sum += rms_uv[i];
        return sum / static_cast<double>(n);
    }
    /// The RMS of the values themselves: unbiased in power.
    double power_mean(double from_s = 2.0) const {
        double sum = 0.0;
        std::size_t n = 0;
        for (auto i = static_cast<std::size_t>(from_s * 100.0); i < rms_uv.size(); ++i, ++n) sum += rms_uv[i] * rms_uv[i];
        return std::sqrt(sum / static_cast<double>(n));
    }
};

/// Runs a signal in microvolts, made sample by sample, through the chain of one EMG stream.
inline EmgRun run_emg(double rate_hz, double seconds, const std::function<double(std::size_t)>& signal_uv,
                      EmgChainConfig config = {}) {
    const StreamInfo stream = microvolt_stream(rate_hz);
    config.gate.stream = stream;
    config.condition.rate = stream.rate;
    if (config.condition.profiles.empty()) config.condition.profiles = {Profile::general};
    config.spectra = false;
    EmgChain chain{stream, config};

    class Keep final : public EmgTickSink {
    public:
        explicit Keep(EmgRun& into) : run(into) {}
        void on_tick(const EnergyTick&, const Tick<unit::Microvolt>& tick) noexcept override {
            run.rms_uv.push_back(static_cast<double>(tick.value[0]));
            run.status.push_back(tick.status[0]);
        }
        EmgRun& run;
    };
    EmgRun run;
    Keep keep{run};
    const auto n = static_cast<std::size_t>(seconds * rate_hz);
    std::vector<double> block;
    for (std::size_t i = 0; i < n; ++i) {
        block.push_back(signal_uv(i));
        if (block.size() < 500 && i + 1 < n) continue;
        chain.process(raw_frames(std::span<const double>{block}, 1, 0), keep);
        block.clear();
    }
    return run;
}

/// EMG of the model spectrum with an RMS of one (domain 11.1).
inline EmgSource model_emg(double rate_hz, std::uint64_t seed) { return EmgSource{rate_hz, 0.0, Random{seed, 1}}; }

struct Spread {
    double mean = 0.0;
    double sd = 0.0;
};
inline Spread spread(const std::vector<double>& values, std::size_t from = 0) {
    Spread s;
    const double n = static_cast<double>(values.size() - from);
    for (std::size_t i = from; i < values.size(); ++i) s.mean += values[i] / n;
    for (std::size_t i = from; i < values.size(); ++i) s.sd += (values[i] - s.mean) * (values[i] - s.mean) / n;
    s.sd = std::sqrt(s.sd);
    return s;
}

}  // namespace tonus::test
