// What the envelope and the two load flags do, beside the document's figures: the accuracy law of
// domain 3.1 and the operating points of domain 6.3. `--quick` takes a tenth of the time.
//
// One channel of model EMG at 1 kHz through the whole chain (gate, 20-450 Hz, energies, RMS). It
// has no noise, and its maximum is known: the figures are about envelopes and flags, not references.

#include <array>
#include <optional>

#include "bench/table.hpp"
#include "engine/envelope/accuracy.hpp"
#include "engine/envelope/bandwidth.hpp"
#include "engine/load/cusum_flag.hpp"
#include "engine/load/load_flag.hpp"
#include "engine/load/delay_bounds.hpp"
#include "engine/pipeline/quiet_taps.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus::bench {
namespace {

constexpr double kRateHz = 1000.0;
constexpr std::size_t kTickFrames = 10;
constexpr double kKept = 0.98262;  // of the model's RMS, by the band-pass (domain 11.1)
constexpr double kMvcUv = 100.0;

/// Model EMG at loads that the caller sets tick by tick, through one chain.
class OneChannel final : public EmgTickSink {
public:
    explicit OneChannel(std::uint64_t seed) : source_(test::model_emg(kRateHz, seed)), chain_(stream_, chain_config()) {
        for (int i = 0; i < 100; ++i) tick(0.20);  // the start settles
    }

    /// The next 10 ms at this load.
    void tick(double mvc) {
        std::array<double, kTickFrames> frames;
        for (double& x : frames) x = mvc * kMvcUv * source_.next();
        chain_.process(raw_frames(std::span<const double>{frames}, 1, 0), *this);
    }

    void on_tick(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) noexcept override {
        value_ = {.index = envelope.index,
                  .value_mvc = static_cast<float>(static_cast<double>(envelope.value[0]) / (kKept * kMvcUv)),
                  .valid = envelope.status[0].state == ValueState::valid};
        const double n = static_cast<double>(energy.counts[0].n_valid);
        energy_ = {.index = energy.index,
                   .energy_mvc2 = energy_mvc2(energy.energy_uv2[0], n, 0.0, kKept * kMvcUv),
                   .n_valid = n,
                   .valid = n > 0.0};
    }

    const LoadTick& value() const { return value_; }
    const EnergyLoad& energy() const { return energy_; }
    EmgChain& chain() { return chain_; }

private:
    EmgChainConfig chain_config() const {
        return {.gate = {stream_}, .condition = {.rate = stream_.rate, .profiles = {Profile::general}}, .spectra = false};
    }

    StreamInfo stream_ = test::microvolt_stream(kRateHz);
    EmgSource source_;
    EmgChain chain_;
    LoadTick value_ = {};
    EnergyLoad energy_ = {};
};

// ---- The accuracy law -------------------------------------------------------------------------

/// Mean and spread of the RMS of one window, without keeping its values.
struct WindowSpread {
    MovingRms rms;
    double n = 0.0, sum = 0.0, squares = 0.0;

    double relative_sd() const { return std::sqrt(squares / n - sum * sum / (n * n)) / (sum / n); }
};

class WindowTaps final : public QuietTaps {
public:
    explicit WindowTaps(std::span<const double> windows_s) : meter({.rate = rate_from_hz(kRateHz), .n_channels = 1}) {
        for (const double window_s : windows_s) windows.push_back({.rms = MovingRms{{.n_channels = 1, .window_s = window_s}}});
    }
    void conditioned(std::size_t, const Block<unit::Microvolt>& emg) override { meter.process(emg); }
    void energy(std::size_t, const EnergyTick& tick) override {
        for (WindowSpread& window : windows) {
            const auto value = static_cast<double>(window.rms.process(tick).value[0]);
            if (tick.index < 300) continue;
            window.n += 1.0;
            window.sum += value;
            window.squares += value * value;
        }
    }

    BandwidthMeter meter;
    std::vector<WindowSpread> windows;
};

void accuracy_law(double seconds, Requirements& required) {
    constexpr std::array windows_s{0.05, 0.10, 0.12, 0.13, 0.25, 0.50, 1.00};
    OneChannel channel{31};
    WindowTaps taps{windows_s};
    channel.chain().set_taps(&taps, 0);
    for (double t_s = 0.0; t_s < seconds; t_s += kTickS) channel.tick(0.5);
    const double bandwidth_hz = taps.meter.bandwidth_hz(0).value();
    fmt::print("### Accuracy law (domain 3.1)\n\n{:.0f} s of model EMG; B_s measured {:.1f} Hz (document 160). "
               "Required: 95 % of the theoretical SNR, 2 sqrt(B_s T).\n\n", seconds, bandwidth_hz);

    struct Row {
        double window_s, document, measured;
    };
    const auto sd = [&](std::size_t i) { return 100.0 * taps.windows[i].relative_sd(); };
    const std::array rows{Row{0.05, 17.3, sd(0)}, Row{0.10, 12.3, sd(1)}, Row{0.125, 11.1, 0.5 * (sd(2) + sd(3))},
                          Row{0.25, 7.9, sd(4)},  Row{0.50, 5.6, sd(5)},  Row{1.00, 4.0, sd(6)}};
    Table table{{"window ms", "SD/mean %", "theory %", "document %", "ratio to document", "share of SNR %", "met"}};
    for (const Row& row : rows) {
        const double theory = 100.0 * rms_relative_sd(bandwidth_hz, row.window_s), share = 100.0 * theory / row.measured;
        table.add({fmt::format("{:g}{}", 1e3 * row.window_s, row.window_s == 0.125 ? " (mean of 120, 130)" : ""), fmt::format("{:.2f}", row.measured),
                   fmt::format("{:.2f}", theory), fmt::format("{:.1f}", row.document), fmt::format("{:.2f}", row.measured / row.document),
                   fmt::format("{:.1f}", share), required.check(share >= 95.0, fmt::format("SNR of the {:g} ms window: {:.1f} % of theory", 1e3 * row.window_s, share))});
    }
    table.print();
}

// ---- Operating points -------------------------------------------------------------------------

/// Either engine, on the same channel.
class Engine {
public:
    explicit Engine(char name) : name_(name), cusum_({.rate = rate_from_hz(kRateHz)}) {}

    LoadResult process(const OneChannel& channel) noexcept { return name_ == 'A' ? flag_.process(channel.value()) : cusum_.process(channel.energy()); }

private:
    char name_;
    LoadFlag flag_{{}};
    CusumFlag cusum_;
};

constexpr std::size_t kEngines = 2;
constexpr std::array<char, kEngines> kNames{'A', 'B'};

/// What 4 s steps from 20 % to a level and back come to.
struct Steps {
    std::vector<double> raise_ms, clear_ms;  // sorted; of the steps that had one
    int n = 0;
    int n_late = 0;  // not raised within 2 s
};

/// What a constant level comes to.
struct Hold {
    double raises_per_min = 0.0;
    double on_percent = 0.0;
};

std::array<Steps, kEngines> steps_to(double mvc, int n_steps) {
    constexpr int kHalfTicks = 400;
    OneChannel channel{static_cast<std::uint64_t>(6300.0 + 1000.0 * mvc)};
    std::array<Engine, kEngines> engines{Engine{'A'}, Engine{'B'}};
    std::array<Steps, kEngines> steps;
    for (int step = 0; step < n_steps; ++step) {
        std::array<std::optional<double>, kEngines> raise_ms, clear_ms;
        for (int i = 0; i < 2 * kHalfTicks; ++i) {
            const bool high = i < kHalfTicks;
            channel.tick(high ? mvc : 0.20);
            // A tick is known at its end.
            const double since_ms = 10.0 * ((high ? i : i - kHalfTicks) + 1);
            for (std::size_t e = 0; e < kEngines; ++e) {
                const LoadResult result = engines[e].process(channel);
                if (high && result.raised && !raise_ms[e]) raise_ms[e] = since_ms;
                if (!high && result.cleared && !clear_ms[e]) clear_ms[e] = since_ms;
            }
        }
        for (std::size_t e = 0; e < kEngines; ++e) {
            ++steps[e].n;
            if (!raise_ms[e] || *raise_ms[e] > 2000.0) ++steps[e].n_late;
            if (raise_ms[e]) steps[e].raise_ms.push_back(*raise_ms[e]);
            if (clear_ms[e]) steps[e].clear_ms.push_back(*clear_ms[e]);
        }
    }
    for (Steps& s : steps) {
        std::sort(s.raise_ms.begin(), s.raise_ms.end());
        std::sort(s.clear_ms.begin(), s.clear_ms.end());
    }
    return steps;
}

std::array<Hold, kEngines> hold_at(double mvc, double hours) {
    OneChannel channel{static_cast<std::uint64_t>(6400.0 + 1000.0 * mvc)};
    std::array<Engine, kEngines> engines{Engine{'A'}, Engine{'B'}};
    std::array<Hold, kEngines> holds;
    const auto n_ticks = static_cast<int>(hours * 3600.0 * 100.0);
    for (int i = 0; i < n_ticks; ++i) {
        channel.tick(mvc);
        for (std::size_t e = 0; e < kEngines; ++e) {
            const LoadResult result = engines[e].process(channel);
            if (result.raised) holds[e].raises_per_min += 1.0 / (60.0 * hours);
            if (result.state == LoadState::over) holds[e].on_percent += 100.0 / n_ticks;
        }
    }
    return holds;
}

double quantile(const std::vector<double>& sorted, double part) {
    return sorted.empty() ? 1e9 : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1) + 0.5)];
}

/// The document's range of a figure; most are one number.
struct Stated {
    double low, high;
    Stated(double value) : low(value), high(value) {}
    Stated(double from, double to) : low(from), high(to) {}
    double nearest(double value) const { return std::clamp(value, low, high); }
    std::string text() const { return low == high ? fmt::format("{:g}", low) : fmt::format("{:g}-{:g}", low, high); }
};

/// The rows of the table, one quantity of both engines each.
class Points {
public:
    explicit Points(Requirements& required) : required_(required) {}

    /// Within 15 %.
    void delay(const std::string& what, const std::array<Stated, kEngines>& document, const std::array<double, kEngines>& ms, std::array<std::string, 2> bounds = {}) {
        add(what, document, ms, "{:.0f}", [](double stated, double value) { return std::abs(value - stated) <= 0.15 * stated; }, bounds);
    }
    /// Within a factor of two; where the document has 0, what rounds to it.
    void rate(const std::string& what, const std::array<Stated, kEngines>& document, const std::array<double, kEngines>& values, double zero) {
        add(what, document, values, "{:.3g}", [zero](double stated, double value) {
            return stated > 0.0 ? value <= 2.0 * stated && value >= 0.5 * stated : value <= zero;
        });
    }
    /// Up to a limit: a handful in 500 steps has no ratio.
    void at_most(const std::string& what, const std::array<Stated, kEngines>& document, const std::array<double, kEngines>& values, double limit) {
        add(what, document, values, "{:.2g}", [limit](double, double value) { return value <= limit; });
    }
    void print() const { table_.print(); }

private:
    template <class Within>
    void add(const std::string& what, const std::array<Stated, kEngines>& document, const std::array<double, kEngines>& values, std::string_view format, Within&& within, std::array<std::string, 2> bounds = {}) {
        std::vector<std::string> row{what};
        for (std::size_t e = 0; e < kEngines; ++e) {
            const double stated = document[e].nearest(values[e]);
            row.push_back(document[e].text());
            row.push_back(fmt::format(fmt::runtime(format), values[e]));
            row.push_back(stated > 0.0 ? fmt::format("{:.2f}", values[e] / stated) : "-");
            row.push_back(required_.check(within(stated, values[e]), fmt::format("{} of {}: {:.3g} instead of {}", what, kNames[e], values[e], document[e].text())));
        }
        row.insert(row.end(), bounds.begin(), bounds.end());
        table_.add(std::move(row));
    }

    Requirements& required_;
    Table table_{{"quantity", "A doc", "A", "ratio", "met", "B doc", "B", "ratio", "met", "A without noise", "any detector, least"}};
};

void step_rows(int n_steps, Points& points) {
    struct Row {
        double percent;
        std::array<Stated, kEngines> median, late_95;
    };
    const std::array rows{Row{36.667, {730.0, 470.0}, {1340.0, 1070.0}}, Row{40.0, {650.0, 250.0}, {760.0, 500.0}},
                          Row{45.0, {610.0, 150.0}, {660.0, 260.0}}, Row{50.0, {580.0, 100.0}, {630.0, 180.0}},
                          Row{66.7, {540.0, 50.0}, {570.0, 80.0}}};
    std::vector<std::array<Steps, kEngines>> found;
    for (const Row& row : rows) found.push_back(steps_to(0.01 * row.percent, n_steps));
    const auto each = [](const std::array<Steps, kEngines>& steps, auto&& of) { return std::array{of(steps[0]), of(steps[1])}; };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const LoadStep step{0.20, 0.01 * rows[i].percent};
        const std::array bounds{fmt::format("{:.0f}", 1e3 * (window_crossing_s(0.25, step) + LoadFlagConfig{}.raise_s)), fmt::format("{:.0f}", 1e3 * detection_delay_bound_s(step))};
        const std::string name = fmt::format("20 -> {:.1f} %: raise, ms", rows[i].percent);
        points.delay(name + ", median", rows[i].median, each(found[i], [](const Steps& s) { return quantile(s.raise_ms, 0.5); }), bounds);
        points.delay(name + ", 95 %", rows[i].late_95, each(found[i], [](const Steps& s) { return quantile(s.raise_ms, 0.95); }));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double document = i == 0 ? 0.4 : 0.0;
        points.at_most(fmt::format("20 -> {:.1f} %: missed within 2 s, %", rows[i].percent), {document, 0.0}, each(found[i], [](const Steps& s) { return 100.0 * s.n_late / s.n; }), i == 0 ? 1.0 : 0.0);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        points.delay(fmt::format("{:.1f} -> 20 %: clear, ms, median", rows[i].percent), {Stated{610.0, 710.0}, Stated{180.0, 190.0}},
                     each(found[i], [](const Steps& s) { return quantile(s.clear_ms, 0.5); }));
    }
}

void hold_rows(double hours, Points& points) {
    struct Row {
        int percent;
        std::array<Stated, kEngines> raises_per_min;
        std::optional<std::array<Stated, kEngines>> on_percent;
    };
    const std::array rows{Row{25, {0.0, 0.0}, {}}, Row{28, {0.0, 0.0}, {}}, Row{30, {0.10, 0.16}, {{0.4, 0.2}}}, Row{31, {0.87, 1.1}, {{8.0, 1.5}}}, Row{32, {1.8, 5.0}, {{65.0, 10.0}}}};
    std::vector<std::array<Hold, kEngines>> found;
    for (const Row& row : rows) found.push_back(hold_at(0.01 * row.percent, hours));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        // 0.005 a minute is what the document's two decimals call none.
        points.rate(fmt::format("false raises a minute at {} %", rows[i].percent), rows[i].raises_per_min, {found[i][0].raises_per_min, found[i][1].raises_per_min}, 0.005);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].on_percent) points.rate(fmt::format("time ON at {} %, %", rows[i].percent), *rows[i].on_percent, {found[i][0].on_percent, found[i][1].on_percent}, 0.0);
    }
}

void operating_points(int n_steps, double hours, Requirements& required) {
    fmt::print("\n### Operating points (domain 6.3, 6.5)\n\n{} steps of 4 s from 20 % per level, {:g} h of each constant level, "
               "one channel. A: 250 ms and 0.5 s dwell; B: CUSUM, h = 8. Required (G35): delays +-15 %, rates and times within "
               "a factor of two and under 0.005 a minute where it has none, at most 1 % of the steps to 36.7 % missed and none above. The last columns (6.5): when a noiseless "
               "250 ms window crosses a third, and the dwell; and the least of any detector with one false alarm per hour (Lorden).\n\n", n_steps, hours);
    Points points{required};
    step_rows(n_steps, points);
    hold_rows(hours, points);
    points.print();
    fmt::print("\n");
}

int run(bool quick) {
    Requirements required;
    if (quick) fmt::print("QUICK: fewer steps and hours than the tolerances are made for.\n\n");
    accuracy_law(quick ? 400.0 : 4000.0, required);
    operating_points(quick ? 100 : 500, quick ? 1.0 : 10.0, required);
    return required.finish();
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
