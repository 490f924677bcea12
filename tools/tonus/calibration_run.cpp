#include "tools/tonus/calibration_run.hpp"

#include <ctime>

#include <fmt/format.h>

#include "engine/core/clock.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/guide.hpp"

namespace tonus::cli {
namespace {

std::string utc_now() {
    const std::time_t now = static_cast<std::time_t>(SystemClock{}.wall_ns() / 1'000'000'000);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::vector<Calibration::Outcome> run_calibration(Sources& sources, const EffortPlan& plan,
                                                  MvcTrialsConfig trials, Speed speed, const Voice& voice) {
    Calibration calibration{sources.streams, sources.session, plan, trials};
    run_guided(sources, {plan, "Now, as hard as you can without pain, and hold"}, calibration, calibration.done(), speed, voice);
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
