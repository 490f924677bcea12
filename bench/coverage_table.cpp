// Whether the 95 % interval of an activation holds the truth as often as it says (domain 5.2): many
// people, each calibrated once and then looked at once, while they hold a level. `--quick` takes 200.
//
// Each session has its own subject and days, goes through the same Calibration and Pipeline as
// `tonus calibrate` and `tonus replay` do, and gives one tick: the errors of two ticks of one
// session would share its reference.

#include "bench/table.hpp"
#include "engine/core/random.hpp"
#include "tests/support/calibrated_subject.hpp"

namespace tonus::bench {
namespace {

constexpr double kLevelMin = 0.10, kLevelMax = 0.60;
constexpr double kHoldS = 3.0;

/// Keeps the last row of a run.
class LastRow final : public Sink {
public:
    std::string_view name() const noexcept override { return "last"; }
    void begin(const SessionInfo&) override {}
    void row(const ResultRow& row) noexcept override { groups = row.groups; }
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override {}

    GroupTick groups;
};

GroupTick last_tick(const std::string& url, const Session& session) {
    const auto device = open_device(url);
    Pipeline pipeline{device->streams(), session};
    LastRow sink;
    run_offline(*device, pipeline, sink);
    return sink.groups;
}

/// How often an interval held the truth, and how it stood to it.
struct Coverage {
    std::string name;
    int n = 0, n_held = 0, n_above = 0, n_below = 0;  // above: the whole interval is over the truth
    double width = 0.0, bias = 0.0, squares = 0.0, claimed = 0.0;  // sums, relative to the truth

    void add(double value, double low, double high, double truth) {
        ++n;
        n_held += low <= truth && truth <= high ? 1 : 0;
        n_above += low > truth ? 1 : 0;
        n_below += high < truth ? 1 : 0;
        width += (high - low) / truth;
        bias += std::log(value / truth);
        squares += std::log(value / truth) * std::log(value / truth);
        claimed += (high - low) / (2.0 * 1.96 * value);
    }
};

/// How far references are off, which all ticks of a session share.
struct ReferenceError {
    int n = 0;
    double bias = 0.0, squares = 0.0, repeatability = 0.0;

    void add(const MvcReference& reference, double truth_uv) {
        const double error = reference.unbiased_mvc_uv() / truth_uv - 1.0;
        ++n;
        bias += error;
        squares += error * error;
        repeatability += reference.repeatability * reference.repeatability;
    }
};

int run(bool quick) {
    const int n_sessions = quick ? 200 : 1000;
    if (quick) fmt::print("QUICK: too few sessions for the limits.\n\n");
    std::array<Coverage, 3> coverages{Coverage{.name = "local"}, Coverage{.name = "global"}, Coverage{.name = "ratio"}};
    ReferenceError references;
    const double kept = test::kept_by(Profile::trunk_ecg, 1000.0).emg;
    Random random{52};
    int n_without = 0;
    for (int i = 0; i < n_sessions; ++i) {
        const std::string subject = fmt::format("sim:?subject={}", 5000 + i);
        const double level = kLevelMin + (kLevelMax - kLevelMin) * random.uniform();
        const Session session = test::calibrated_subject(subject + "&seed=1&task=calibration&duration=200").session;
        const SimulatedSubject body = test::subject_of(subject);
        for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
            if (session.channels[ch].reference) references.add(*session.channels[ch].reference, kept * body.sigma_mvc_uv(ch));
        }
        const GroupTick groups = last_tick(fmt::format("{}&seed=2&task=hold&level={:.6f}&duration={}", subject, level, kHoldS), session);
        if (!groups.local.valid || !groups.global.valid || !groups.ratio.valid) {
            ++n_without;
            continue;
        }
        const auto add = [](Coverage& to, const auto& of, double truth) {
            to.add(static_cast<double>(of.value), static_cast<double>(of.low), static_cast<double>(of.high), truth);
        };
        add(coverages[0], groups.local, level);
        add(coverages[1], groups.global, level);
        add(coverages[2], groups.ratio, 1.0);
    }

    fmt::print("### Coverage of the 95 % interval (domain 5.2)\n\n{} sessions, four channels (two local, two global), levels {:g} to {:g} %, one tick each. "
               "Required: 93 to 97 %.\n\n", n_sessions, 100.0 * kLevelMin, 100.0 * kLevelMax);
    Requirements required;
    Table table{{"quantity", "coverage %", "its error", "interval too high %", "too low %", "mean width, % of truth", "SD claimed %", "SD measured %", "bias %", "met"}};
    for (const Coverage& c : coverages) {
        const double n = c.n, part = c.n_held / n, bias = c.bias / n;
        table.add({c.name, fmt::format("{:.1f}", 100.0 * part), fmt::format("{:.1f}", 100.0 * std::sqrt(part * (1.0 - part) / n)),
                   fmt::format("{:.1f}", 100.0 * c.n_above / n), fmt::format("{:.1f}", 100.0 * c.n_below / n), fmt::format("{:.1f}", 100.0 * c.width / n),
                   fmt::format("{:.2f}", 100.0 * c.claimed / n), fmt::format("{:.2f}", 100.0 * std::sqrt(c.squares / n - bias * bias)),
                   fmt::format("{:+.2f}", 100.0 * bias), required.check(part >= 0.93 && part <= 0.97, fmt::format("{}: {:.1f} %", c.name, 100.0 * part))});
    }
    table.print();
    const double n = references.n, bias = references.bias / n;
    fmt::print("\nReferences: off by {:+.2f} % with an SD of {:.2f} % (document: 0, 2); their two best trials differ by {:.2f} % RMS.\n",
               100.0 * bias, 100.0 * std::sqrt(references.squares / n - bias * bias), 100.0 * std::sqrt(references.repeatability / n));
    if (n_without > 0) fmt::print("{} sessions without a value.\n", n_without);
    required.check(n_without == 0, fmt::format("{} sessions gave no value", n_without));
    return required.finish();
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
