#include "bench/scorecard/stage_costs.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "bench/scorecard/load_device.hpp"
#include "engine/core/denormals.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/pipeline/taps.hpp"

namespace tonus::bench {
namespace {

/// Adds the time since it last looked to the stage that was just passed, less what looking takes.
class StageClock final : public Taps {
public:
    explicit StageClock(const Clock& clock) : clock_(clock), look_ns_(ns_of_a_look(clock)) {}

    void begin() noexcept { seen_ns_ = clock_.now_ns(); }
    double spent_ns(Stage stage) const noexcept { return std::max(0.0, spent_ns_[static_cast<std::size_t>(stage)]); }

    void passed(Stage stage) noexcept override {
        const std::int64_t now_ns = clock_.now_ns();
        spent_ns_[static_cast<std::size_t>(stage)] += static_cast<double>(now_ns - seen_ns_) - look_ns_;
        seen_ns_ = now_ns;
    }

    void gated(std::size_t, const Block<unit::Microvolt>&) override {}
    void conditioned(std::size_t, const Block<unit::Microvolt>&) override {}
    void skipped(std::size_t, std::size_t) override {}
    void energy(std::size_t, const EnergyTick&) override {}
    void envelope(std::size_t, const Tick<unit::Microvolt>&) override {}
    void template_samples(std::size_t, const Block<unit::Microvolt>&) override {}
    void template_tick(std::size_t, const EnergyTick&, const Tick<unit::Microvolt>&) override {}
    void activation(const Tick<unit::Mvc>&) override {}

private:
    static double ns_of_a_look(const Clock& clock) {
        constexpr int kLooks = 1000, kRounds = 20;
        std::int64_t least_ns = std::numeric_limits<std::int64_t>::max();
        for (int round = 0; round < kRounds; ++round) {
            const std::int64_t begin_ns = clock.now_ns();
            for (int i = 1; i < kLooks; ++i) clock.now_ns();
            least_ns = std::min(least_ns, clock.now_ns() - begin_ns);
        }
        return static_cast<double>(least_ns) / kLooks;
    }

    const Clock& clock_;
    double look_ns_;
    std::int64_t seen_ns_ = 0;
    std::array<double, kStages> spent_ns_{};
};

class NoResults final : public ResultPort {
public:
    void row(const ResultRow&) noexcept override {}
    void event(const Event&) noexcept override {}
};

/// A pipeline that is fed straight from the device, without ring or threads.
class Feed final : public FrameSink {
public:
    Feed(const StageCostConfig& config, Clock& clock)
        : device_({.n_channels = config.n_channels, .rate = config.rate, .read_frames = config.read_frames,
                   .duration_s = config.warm_up_s + config.duration_s, .pacing = Pacing::stamped, .with_hum = config.with_hum}, clock),
          pipeline_(device_.streams(), session_of(device_)) {}

    Pipeline& pipeline() noexcept { return pipeline_; }
    std::uint64_t n_frames() const noexcept { return n_frames_; }

    template <class Before>
    void run(double seconds, Before before_each) {
        const Rate rate = device_.streams()[0].rate;
        for (const std::uint64_t end = n_frames_ + rate.frames_in(seconds); n_frames_ < end;) {
            before_each();
            if (device_.read(*this, {}) == ReadStatus::ended) return;
        }
    }

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        const MergedRecord record{0, {.stream = stream, .first_index = first_index, .frames = frames}};
        while (!pipeline_.process(record, results_)) {}
        n_frames_ += frames.n_frames;
    }

private:
    static Session session_of(const LoadDevice& device) {
        const std::span<const StreamInfo> streams = device.streams();
        return session_with_everything({&streams, 1});
    }

    LoadDevice device_;
    Pipeline pipeline_;
    NoResults results_;
    std::uint64_t n_frames_ = 0;
};

double samples(const StageCostConfig& config) {
    return config.duration_s * config.rate.hz() * static_cast<double>(config.n_channels);
}

}  // namespace

std::vector<StageCost> measure_stages(const StageCostConfig& config) {
    SystemClock clock;
    const FlushDenormals flush;
    Feed feed{config, clock};
    StageClock stages{clock};
    feed.run(config.warm_up_s, [] {});
    feed.pipeline().set_taps(&stages);
    feed.run(config.duration_s, [&] { stages.begin(); });

    double all_ns = 0.0;
    for (std::size_t s = 0; s < kStages; ++s) all_ns += stages.spent_ns(static_cast<Stage>(s));
    std::vector<StageCost> costs;
    for (std::size_t s = 0; s < kStages; ++s) {
        const double spent_ns = stages.spent_ns(static_cast<Stage>(s));
        costs.push_back({.stage = std::string{stage_name(static_cast<Stage>(s))},
                         .ns_per_channel_sample = spent_ns / samples(config),
                         .share = all_ns > 0.0 ? spent_ns / all_ns : 0.0});
    }
    return costs;
}

double measure_chain_ns(const StageCostConfig& config, int n_pieces) {
    SystemClock clock;
    const FlushDenormals flush;
    StageCostConfig all = config;
    all.duration_s *= n_pieces;
    Feed feed{all, clock};
    feed.run(config.warm_up_s, [] {});
    double least_ns = std::numeric_limits<double>::infinity();
    for (int i = 0; i < n_pieces; ++i) {
        // Whole reads: a piece may be longer than asked for, and the last one shorter.
        const std::uint64_t first = feed.n_frames();
        const std::int64_t begin_ns = clock.now_ns();
        feed.run(config.duration_s, [] {});
        const auto passed_ns = static_cast<double>(clock.now_ns() - begin_ns);
        least_ns = std::min(least_ns, passed_ns / static_cast<double>((feed.n_frames() - first) * config.n_channels));
    }
    return least_ns;
}

}  // namespace tonus::bench
