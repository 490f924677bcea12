#include "tools/tonus/guide.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/pipeline/run.hpp"

namespace tonus::cli {
namespace {

constexpr double kSimulatedPauseS = 2.0;  // the simulated subject does not tire

/// Tells the person what to do, from the time of the data itself.
class GuideSink final : public Sink {
public:
    GuideSink(const Guide& guide, bool speaks) : plan_(guide.plan), urge_(guide.urge), speaks_(speaks) {}

    std::string_view name() const noexcept override { return "guide"; }
    bool keeps_data() const noexcept override { return false; }
    void begin(const SessionInfo&) override {}
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override {
        if (speaks_) fmt::print("\n");
    }

    void row(const ResultRow& row) noexcept override {
        const EffortPlan::Moment moment = plan_.at(row.time_s);
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
    void announce(const EffortPlan::Moment& moment) const {
        const std::string& effort =
            plan_.efforts[static_cast<std::size_t>(moment.trial) % plan_.efforts.size()];
        switch (moment.phase) {
            case EffortPlan::Phase::rest: fmt::print("\nLie relaxed and breathe calmly.\n"); break;
            case EffortPlan::Phase::trial:
                fmt::print("\n{}: {}.\n", urge_, effort);
                break;
            case EffortPlan::Phase::pause: fmt::print("\nRest. Next: {}.\n", effort); break;
        }
    }

    const EffortPlan& plan_;
    std::string_view urge_;
    bool speaks_;
    EffortPlan::Phase phase_ = EffortPlan::Phase::pause;
    int trial_ = -1;
    int second_ = -1;
};

}  // namespace

void run_guided(Sources& sources, const Guide& guide, Taps& watcher, const std::atomic<bool>& done, Speed speed, const Voice& voice) {
    // Without the references of before: what they say of a maximum must not judge what is to come.
    Session bare = sources.session;
    for (SessionChannel& channel : bare.channels) {
        channel.reference.reset();
        channel.reference_template.reset();
    }
    Pipeline pipeline{sources.streams, bare};
    pipeline.set_taps(&watcher);
    GuideSink sink{guide, speed == Speed::live && !voice.quiet && !voice.json};
    const std::array<Sink*, 1> sinks{&sink};
    const RunSummary summary = speed == Speed::full ? run_offline(sources.devices, pipeline, sinks, {}, &done)
                                                    : run_live(sources.devices, pipeline, sinks, {.stop = &done});
    for (const RunSummary::Stream& stream : summary.streams) {
        if (!stream.trouble.empty()) fmt::print(stderr, "tonus: {}\n", stream.trouble);
    }
}

double pause_or_usual(const std::optional<double>& said_s, double usual_s, const Sources& sources) {
    const std::vector<SessionSource>& named = sources.session.sources;
    const bool simulated = std::all_of(named.begin(), named.end(), [](const SessionSource& source) { return source.url.starts_with("sim:"); });
    return said_s.value_or(simulated ? kSimulatedPauseS : usual_s);
}

}  // namespace tonus::cli
