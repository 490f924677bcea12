#include "tools/tonus/calibration_run.hpp"

#include <array>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "engine/core/clock.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

/// Tells the person what to do, from the time of the data itself.
class GuideSink final : public Sink {
public:
    GuideSink(const CalibrationPlan& plan, bool speaks) : plan_(plan), speaks_(speaks) {}

    std::string_view name() const noexcept override { return "guide"; }
    bool keeps_data() const noexcept override { return false; }
    void begin(const SessionInfo&) override {}
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override {
        if (speaks_) fmt::print("\n");
    }

    void row(const ResultRow& row) noexcept override {
        const CalibrationPlan::Moment moment = plan_.at(row.time_s);
        const int second = static_cast<int>(std::ceil(moment.left_s));
        const bool new_phase = moment.phase != phase_ || moment.trial != trial_;
        if (!speaks_ || (!new_phase && second == second_)) return;
        if (new_phase) announce(moment);
        fmt::print("\r  {:>4} s \x1b[K", second);
        std::fflush(stdout);
        phase_ = moment.phase;
        trial_ = moment.trial;
        second_ = second;
    }

private:
    void announce(const CalibrationPlan::Moment& moment) const {
        const std::string& effort =
            plan_.efforts[static_cast<std::size_t>(moment.trial) % plan_.efforts.size()];
        switch (moment.phase) {
            case CalibrationPlan::Phase::rest: fmt::print("\nLie relaxed and breathe calmly.\n"); break;
            case CalibrationPlan::Phase::trial:
                fmt::print("\nNow, as hard as you can without pain, and hold: {}.\n", effort);
                break;
            case CalibrationPlan::Phase::pause: fmt::print("\nRest. Next: {}.\n", effort); break;
        }
    }

    const CalibrationPlan& plan_;
    bool speaks_;
    CalibrationPlan::Phase phase_ = CalibrationPlan::Phase::pause;
    int trial_ = -1;
    int second_ = -1;
};

std::string utc_now() {
    const std::time_t now = static_cast<std::time_t>(SystemClock{}.wall_ns() / 1'000'000'000);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::vector<Calibration::Outcome> run_calibration(Sources& sources, CalibrationPlan plan,
                                                  MvcTrialsConfig trials, Speed speed, const Voice& voice) {
    Calibration calibration{sources.streams, sources.session, plan, trials};
    // Without the references of before: what they say of a maximum must not judge the one to come.
    Session bare = sources.session;
    for (SessionChannel& channel : bare.channels) {
        channel.reference.reset();
        channel.reference_template.reset();
    }
    Pipeline pipeline{sources.streams, bare};
    pipeline.set_taps(&calibration);
    GuideSink guide{plan, speed == Speed::live && !voice.quiet && !voice.json};
    const std::array<Sink*, 1> sinks{&guide};
    const RunSummary summary = speed == Speed::full ? run_offline(sources.devices, pipeline, sinks, {}, &calibration.done())
                                                    : run_live(sources.devices, pipeline, sinks, {.stop = &calibration.done()});
    for (const RunSummary::Stream& stream : summary.streams) {
        if (!stream.trouble.empty()) fmt::print(stderr, "tonus: {}\n", stream.trouble);
    }
    return calibration.outcomes(utc_now());
}

void take_references(Session& session, const std::vector<Calibration::Outcome>& outcomes) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].reference) session.channels[i].reference = outcomes[i].reference;
        if (outcomes[i].reference_template) session.channels[i].reference_template = outcomes[i].reference_template;
    }
}

void print_outcomes(const std::vector<Calibration::Outcome>& outcomes) {
    for (const Calibration::Outcome& outcome : outcomes) {
        fmt::print("  {:<10} ", outcome.channel);
        if (const std::optional<MvcReference>& r = outcome.reference) {
            fmt::print("rest {:.2f} µV  maximum {:.1f} µV ({:.1f} less {:.1f} % bias)  trials within {:.1f} %",
                       r->rest_uv, r->unbiased_mvc_uv(), r->mvc_uv, 100.0 * r->bias, 100.0 * r->repeatability);
        }
        fmt::print("{}{}\n", outcome.problem.empty() ? "" : "  ! ", outcome.problem);
    }
}

void print_outcomes_json(const std::vector<Calibration::Outcome>& outcomes) {
    std::string channels;
    for (const Calibration::Outcome& outcome : outcomes) {
        channels += fmt::format("{}{{\"channel\":{},\"problem\":{}", channels.empty() ? "" : ",", json_string(outcome.channel),
                                json_string(outcome.problem));
        if (const std::optional<MvcReference>& r = outcome.reference) {
            channels += fmt::format(",\"rest_uv\":{:.6g},\"mvc_uv\":{:.6g},\"bias\":{:.4g},\"trials\":{},\"repeatability\":{:.4g}", r->rest_uv,
                                    r->mvc_uv, r->bias, r->trials, r->repeatability);
        }
        channels += "}";
    }
    fmt::print("{{\"channels\":[{}]}}\n", channels);
}

}  // namespace tonus::cli
