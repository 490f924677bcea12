#pragma once

// The two contaminants that the document gives figures for, apart from activation: no reference
// and no resting level comes between them and the figure.

#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "bench/table.hpp"
#include "drivers/sim/contaminants.hpp"
#include "engine/pipeline/quiet_taps.hpp"
#include "tests/support/calibrated_subject.hpp"

namespace tonus::bench {

inline constexpr double kSettleS = 2.0;
inline constexpr const char* kSubject = "sim:?subject=21";
// The clean run has nothing of what the simulator adds by itself but the amplifier's noise.
inline constexpr const char* kClean = "&offset=0&wander=0";

/// Powers of channel LT_L, over whose site the R peak is 100 uV, by both paths.
class PowerTaps final : public QuietTaps {
public:
    explicit PowerTaps(double from_s) : from_tick_(static_cast<std::uint64_t>(100.0 * from_s)) {}

    void energy(std::size_t, const EnergyTick& tick) override { add(tick, a_uv2, a_n); }
    void template_tick(std::size_t, const EnergyTick& tick, const Tick<unit::Microvolt>&) override { add(tick, b_uv2, b_n); }

    double a_uv2 = 0.0, a_n = 0.0, b_uv2 = 0.0, b_n = 0.0;

private:
    void add(const EnergyTick& tick, double& energy, double& n) const {
        if (tick.index < from_tick_) return;
        energy += tick.energy_uv2[2];
        n += static_cast<double>(tick.counts[2].n_valid);
    }
    std::uint64_t from_tick_;
};

struct Rms {
    double a = 0.0, b = 0.0;
};

inline Rms rms_of_lt_l(double sigma_uv, double seconds, const std::string& options) {
    const double level = sigma_uv / test::subject_of(kSubject).sigma_mvc_uv(2), rest = 0.02;
    const double half_s = kSettleS + seconds;
    // As long at 2 % first, as every session has a quiet part: there the heart is learnt.
    const std::string url = fmt::format("{}&noise=0&task=step&from={}&to={}&period={}&duration={}{}{}", kSubject, rest, level, 2.0 * half_s, 2.0 * half_s, kClean, options);
    const auto device = open_device(url);
    const std::span<const StreamInfo> streams = device->streams();
    Session session = default_session({&streams, 1});
    session.ecg_template = true;
    Pipeline pipeline{streams, session};
    PowerTaps taps{half_s + kSettleS};
    pipeline.set_taps(&taps);
    test::CollectingSink sink;
    run_offline(*device, pipeline, sink);
    return {std::sqrt(taps.a_uv2 / taps.a_n), std::sqrt(taps.b_uv2 / taps.b_n)};
}

/// The heart in the RMS, beside domain 2.4.
inline void heart_errors(bool quick, Requirements& required) {
    const double seconds = quick ? 60.0 : 240.0;
    struct Row {
        double sigma_uv, band, path_a, path_b;
    };
    constexpr std::array rows{Row{2.0, 254.0, 60.0, 1.2}, Row{5.0, 69.0, 12.0, 0.7}, Row{10.0, 21.0, 3.1, 0.6}, Row{25.0, 3.6, 0.5, 0.4}, Row{50.0, 0.9, 0.1, 0.3}};
    fmt::print("\n### The heart in the RMS (domain 2.4)\n\nChannel LT_L, R peak 100 uV, 70/min, {:.0f} s per row, no resting level taken off, percent of the clean RMS. "
               "Required: path A +-20 % of the figure (G48) or +-0.3 points; path B within 1 point of the figure.\n\n", seconds);
    Table table{{"EMG uV", "20-450 Hz alone, doc", "path A doc", "path A", "met", "path B doc", "path B", "met"}};
    for (const Row& row : rows) {
        const Rms pure = rms_of_lt_l(row.sigma_uv, seconds, ""), mixed = rms_of_lt_l(row.sigma_uv, seconds, "&ecg=on");
        const double a = 100.0 * (mixed.a / pure.a - 1.0), b = 100.0 * (mixed.b / pure.b - 1.0);
        table.add({fmt::format("{:g}", row.sigma_uv), fmt::format("+{:g}", row.band), fmt::format("+{:g}", row.path_a), fmt::format("{:+.2f}", a),
                   required.check(std::abs(a - row.path_a) <= std::max(0.2 * row.path_a, 0.3), fmt::format("heart at {:g} uV, path A: {:+.2f} %", row.sigma_uv, a)),
                   fmt::format("+{:g}", row.path_b), fmt::format("{:+.2f}", b),
                   required.check(std::abs(b - row.path_b) <= 1.0, fmt::format("heart at {:g} uV, path B: {:+.2f} %", row.sigma_uv, b))});
    }
    table.print();
}

/// EMG of 10 uV and a hum through the chain of one trunk channel that looks for hum itself, after
/// half a minute of rest in which it is found; the conditioned samples from 30 s later on.
class HumRun final : public QuietTaps, public EmgTickSink {
public:
    HumRun(double seconds, const std::string& mains, const std::function<double(std::size_t)>& hum_uv) {
        const StreamInfo stream = test::microvolt_stream(kRateHz);
        EmgChainConfig config{.gate = {stream}, .condition = {.rate = stream.rate, .profiles = {Profile::trunk_ecg}}, .spectra = false, .find_mains = mains == "auto"};
        if (mains == "50") config.condition.mains_hz = 50.0;
        EmgChain chain{stream, config};
        chain.set_taps(this, 0);
        EmgSource source = test::model_emg(kRateHz, 23);
        const auto n = static_cast<std::size_t>((60.0 + seconds) * kRateHz);
        for (std::size_t i = 0; i < n; ++i) {
            const double x = (i < 30'000 ? 2.0 : 10.0) * source.next() + hum_uv(i);
            chain.process(raw_frames(std::span<const double>{&x, 1}, 1, 0), *this);
        }
    }

    void conditioned(std::size_t, const Block<unit::Microvolt>& emg) override {
        for (std::size_t i = 0; i < emg.n_frames(); ++i, ++n_seen_) {
            if (n_seen_ >= 60'000) samples_.push_back(static_cast<double>(emg.frame(i)[0]));
        }
    }
    void on_tick(const EnergyTick&, const Tick<unit::Microvolt>&) noexcept override {}

    double rms_beside(const HumRun& other) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < samples_.size(); ++i) sum += (samples_[i] - other.samples_[i]) * (samples_[i] - other.samples_[i]);
        return std::sqrt(sum / static_cast<double>(samples_.size()));
    }

private:
    static constexpr double kRateHz = 1000.0;
    std::size_t n_seen_ = 0;
    std::vector<double> samples_;
};

/// What is left of the hum, beside domain 2.3.
inline void hum_residuals(bool quick, Requirements& required) {
    const double seconds = quick ? 20.0 : 60.0;
    fmt::print("\n### What is left of the hum (domain 2.3)\n\nOne trunk channel, EMG 10 uV, hum found in 30 s of rest before; uV RMS of the difference from the clean run. The "
               "document's 0.61 to 0.75 uV are for one tone off by up to 0.5 Hz: required within 0.25 uV (G18). The simulator's hum wanders by 0.05 Hz and has "
               "harmonics 2, 3 and 5, each of which takes its own notch out of the EMG and follows the wandering as many times as fast: no figure is stated for it.\n\n");
    const auto nothing = [](std::size_t) { return 0.0; };
    const HumRun clean{seconds, "off", nothing};
    Table table{{"hum", "amplitude uV", "before, uV RMS", "tracked (auto)", "document", "met", "fixed notch (50)"}};
    // What `mains` leaves, over as many hums as `hum` makes.
    const auto left = [&](const std::string& mains, int n_hums, auto&& hum) {
        double sum = 0.0;
        for (int k = 0; k < n_hums; ++k) sum += std::pow(HumRun{seconds, mains, hum(k)}.rms_beside(clean), 2);
        return std::sqrt(sum / n_hums);
    };
    for (const double hz : {50.0, 50.5}) {
        for (const double uv : {3.0, 10.0, 30.0}) {
            const auto hum = [=](int) { return [=](std::size_t i) { return uv * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / 1000.0 + 0.7); }; };
            const double tracked = left("auto", 1, hum);
            table.add({fmt::format("tone, {:g} Hz", hz), fmt::format("{:g}", uv), fmt::format("{:.2f}", left("off", 1, hum)), fmt::format("{:.2f}", tracked), "0.61-0.75",
                       required.check(tracked > 0.36 && tracked < 1.0, fmt::format("tone of {:g} uV at {:g} Hz: {:.2f} uV left", uv, hz, tracked)), fmt::format("{:.2f}", left("50", 1, hum))});
        }
    }
    for (const double uv : {3.0, 10.0, 30.0}) {
        constexpr int kHums = 4;
        const auto hum = [=](int k) { return [of = MainsHum{50.0, uv, 1000.0, Random{static_cast<std::uint64_t>(24 + k)}}](std::size_t) mutable { return of.next_uv(); }; };
        table.add({"wandering, harmonics, mean of 4", fmt::format("{:g}", uv), fmt::format("{:.2f}", left("off", kHums, hum)), fmt::format("{:.2f}", left("auto", kHums, hum)), "", "", fmt::format("{:.2f}", left("50", kHums, hum))});
    }
    table.print();
    fmt::print("\n");
}

}  // namespace tonus::bench
