#include "engine/envelope/level_estimator.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kSettleTaus = 4.0;   // 2 % of the power are missing then
constexpr double kBayesDelayS = 0.1;  // the median of a step (domain 3.6)

}  // namespace

LevelEstimator::LevelEstimator(const LevelEstimatorConfig& config)
    : rate_(config.rate),
      delay_s_(config.kind == Estimator::bayes ? kBayesDelayS : 0.5 * config.window_s),
      mvc_uv_(config.mvc_uv),
      n_settle_(0),
      value_uv_(config.n_channels, 0.0f),
      status_(config.n_channels) {
    mvc_uv_.resize(config.n_channels, 0.0);
    if (config.kind == Estimator::exponential) {
        const double tau_s = 0.5 * config.window_s;
        exponential_.emplace(ExponentialPowerConfig{.rate = config.rate, .n_channels = config.n_channels, .tau_s = tau_s});
        n_settle_ = static_cast<std::uint32_t>(std::lround(kSettleTaus * tau_s / kTickS));
    } else if (config.kind == Estimator::bayes) {
        bayes_.emplace(BayesLevelConfig{.rate = config.rate, .mvc_uv = mvc_uv_, .bandwidth_hz = std::min(BayesLevelConfig{}.bandwidth_hz, 0.5 * config.rate.hz())});
    }
}

void LevelEstimator::begin(const Block<unit::Microvolt>& conditioned) noexcept {
    block_.emplace(conditioned);
    n_taken_ = 0;
}

void LevelEstimator::end() noexcept {
    if (exponential_ && n_taken_ < block_->n_frames()) exponential_->process(block_->from(n_taken_));
    n_frames_ += block_->n_frames() - n_taken_;
    block_.reset();
}

Tick<unit::Microvolt> LevelEstimator::tick(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept {
    // Up to the end of the tick and no further, or the value would depend on the cut of the blocks.
    const std::uint64_t end = rate_.first_frame_of(energy.index + 1);
    const std::size_t n = static_cast<std::size_t>(end - n_frames_);
    if (exponential_) exponential_->process(block_->from(n_taken_).first(n));
    n_taken_ += n;
    n_frames_ = end;
    ++n_ticks_;
    return exponential_ ? by_power(rms) : bayes_ ? by_chance(energy, rms) : rms;
}

Tick<unit::Microvolt> LevelEstimator::skipped(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept {
    if (exponential_) exponential_->restart();
    n_frames_ = rate_.first_frame_of(energy.index + 1);
    n_ticks_ = 0;
    return exponential_ ? by_power(rms) : bayes_ ? by_chance(energy, rms) : rms;
}

Tick<unit::Microvolt> LevelEstimator::by_power(const Tick<unit::Microvolt>& rms) noexcept {
    const std::span<const float> level = exponential_->rms();
    for (std::size_t ch = 0; ch < value_uv_.size(); ++ch) {
        status_[ch] = rms.status[ch];
        if (n_ticks_ < n_settle_ && status_[ch].state == ValueState::valid) {
            status_[ch].state = ValueState::invalid;
            status_[ch].reason = Reason::settling;
        }
        // Held means the last good one, not what is left of it.
        if (status_[ch].state == ValueState::valid) value_uv_[ch] = level[ch];
    }
    return {rms.index, value_uv_, status_};
}

Tick<unit::Microvolt> LevelEstimator::by_chance(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept {
    const Tick<unit::Mvc> likely = bayes_->process(energy);
    for (std::size_t ch = 0; ch < value_uv_.size(); ++ch) {
        status_[ch] = rms.status[ch];
        if (mvc_uv_[ch] <= 0.0) {
            value_uv_[ch] = rms.value[ch];
            continue;
        }
        if (status_[ch].state != ValueState::valid) continue;
        if (likely.status[ch].state == ValueState::valid) {
            value_uv_[ch] = likely.value[ch] * static_cast<float>(mvc_uv_[ch]);
        } else {
            status_[ch].state = likely.status[ch].state;
            status_[ch].reason = likely.status[ch].reason;
        }
    }
    return {rms.index, value_uv_, status_};
}

}  // namespace tonus
