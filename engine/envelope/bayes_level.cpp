#include "engine/envelope/bayes_level.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kLevelMin = 0.01, kLevelMax = 1.30;  // fractions of MVC
constexpr double kMsPerTick = 1000.0 * kTickS;
constexpr std::uint32_t kTicksToKnow = 25;   // 250 ms
constexpr std::uint32_t kHoldTicks = 100;    // 1 s

void check(const BayesLevelConfig& config) {
    if (config.rate.num == 0 || config.rate.den == 0) {
        throw usage_error("bayes level: rate is missing (a stream has one: {1000, 1} is 1000 Hz)");
    }
    if (!(config.bandwidth_hz > 0.0 && config.bandwidth_hz <= 0.5 * config.rate.hz())) {
        throw usage_error(fmt::format("bayes level: bandwidth_hz = {} must be above 0 and at most half the rate, {} (160 for EMG at "
                                      "1 kHz; BandwidthMeter measures it)",
                                      config.bandwidth_hz, 0.5 * config.rate.hz()));
    }
    if (!(config.drift > 0.0 && config.drift <= 0.05)) {
        throw usage_error(fmt::format("bayes level: drift = {} must be above 0 and at most 0.05 (0.002 is steady, 0.01 quick)", config.drift));
    }
    // Without jumps a level once thought impossible would stay so.
    if (!(config.jump > 0.0 && config.jump <= 0.01)) {
        throw usage_error(fmt::format("bayes level: jump = {} must be above 0 and at most 0.01 (1e-6 is usual)", config.jump));
    }
    for (std::size_t channel = 0; channel < config.mvc_uv.size(); ++channel) {
        if (config.mvc_uv[channel] >= 0.0 && std::isfinite(config.mvc_uv[channel])) continue;
        throw usage_error(fmt::format("bayes level: channel {} has a maximum of {} uV; it is above 0, or 0 for none", channel,
                                      config.mvc_uv[channel]));
    }
}

Reason cause_of(const TickCounts& counts) noexcept {
    if (counts.n_lead_off > 0) return Reason::lead_off;
    if (counts.n_saturated > 0) return Reason::saturated;
    if (counts.n_not_finite > 0) return Reason::not_a_number;
    if (counts.n_gap > 0) return Reason::gap;
    return Reason::settling;
}

}  // namespace

BayesLevel::BayesLevel(BayesLevelConfig config)
    : channels_(config.mvc_uv.size()), value_mvc_(config.mvc_uv.size(), 0.0f), status_(config.mvc_uv.size()) {
    check(config);
    drift_ = config.drift * kMsPerTick;
    jump_ = 1.0 - std::pow(1.0 - config.jump, kMsPerTick);
    worth_ = 2.0 * config.bandwidth_hz / config.rate.hz();
    for (std::size_t k = 0; k < kLevels; ++k) {
        const double part = static_cast<double>(k) / static_cast<double>(kLevels - 1);
        level_[k] = kLevelMin * std::pow(kLevelMax / kLevelMin, part);
        log_level_[k] = std::log(level_[k]);
        per_variance_[k] = 0.5 / (level_[k] * level_[k]);
    }
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
        const double mvc_uv = config.mvc_uv[channel];
        channels_[channel].per_uv2 = mvc_uv > 0.0 ? 1.0 / (mvc_uv * mvc_uv) : 0.0;
        forget(channels_[channel]);
    }
}

Tick<unit::Mvc> BayesLevel::process(const EnergyTick& tick) noexcept {
    for (std::size_t i = 0; i < channels_.size(); ++i) {
        Channel& channel = channels_[i];
        const TickCounts& counts = tick.counts[i];
        const double energy = tick.energy_uv2[i] * channel.per_uv2;
        let_time_pass(channel.probability);
        // One NaN would stay in every probability.
        const bool is_number = std::isfinite(energy);
        if (counts.n_valid > 0 && is_number) {
            value_mvc_[i] = static_cast<float>(learn(channel.probability, energy, static_cast<double>(counts.n_valid)));
        }
        status_[i] = judge(channel, counts, is_number);
    }
    return {tick.index, value_mvc_, status_};
}

void BayesLevel::forget(Channel& channel) const noexcept {
    channel.probability.fill(1.0 / static_cast<double>(kLevels));
    channel.n_seen = 0;
    channel.n_missing = kHoldTicks + 1;
}

void BayesLevel::let_time_pass(Levels& probability) const noexcept {
    const Levels before = probability;
    const double anywhere = jump_ / static_cast<double>(kLevels);
    for (std::size_t k = 0; k < kLevels; ++k) {
        // The ends reflect: what would leave the grid stays.
        const double below = before[k > 0 ? k - 1 : 0];
        const double above = before[k + 1 < kLevels ? k + 1 : k];
        const double drifted = (1.0 - 2.0 * drift_) * before[k] + drift_ * (below + above);
        probability[k] = (1.0 - jump_) * drifted + anywhere;
    }
}

double BayesLevel::learn(Levels& probability, double energy_mvc2, double n_samples) const noexcept {
    // In logarithms, with the largest taken off: a strong tick is e^-1000 times as likely at 1 %
    // as at 100 %. jump_ keeps every probability above 0, so its logarithm is a number.
    Levels log_probability;
    double largest = -1e300;
    for (std::size_t k = 0; k < kLevels; ++k) {
        const double log_likelihood = -n_samples * log_level_[k] - energy_mvc2 * per_variance_[k];
        log_probability[k] = std::log(probability[k]) + worth_ * log_likelihood;
        largest = std::max(largest, log_probability[k]);
    }
    double sum = 0.0, mean = 0.0;
    for (std::size_t k = 0; k < kLevels; ++k) {
        probability[k] = std::exp(log_probability[k] - largest);
        sum += probability[k];
        mean += probability[k] * level_[k];
    }
    for (double& p : probability) p /= sum;
    return mean / sum;
}

Status BayesLevel::judge(Channel& channel, const TickCounts& counts, bool is_number) const noexcept {
    Status status;
    if (channel.per_uv2 <= 0.0) return {.state = ValueState::invalid, .reason = Reason::mvc_missing};
    status.valid_fraction = counts.n_frames > 0 ? static_cast<float>(counts.n_valid) / static_cast<float>(counts.n_frames) : 0.0f;
    status.saturated = counts.n_saturated > 0 && counts.n_lead_off == 0;
    if (is_number && counts.n_valid > 0 && 2 * counts.n_valid >= counts.n_frames) {
        channel.n_missing = 0;
        channel.n_seen = std::min(channel.n_seen + 1, kTicksToKnow);
        const bool known = channel.n_seen >= kTicksToKnow;
        status.state = known ? ValueState::valid : ValueState::invalid;
        status.reason = known ? Reason::none : Reason::settling;
        return status;
    }
    status.reason = is_number ? cause_of(counts) : Reason::not_a_number;
    channel.n_missing = std::min(channel.n_missing + 1, kHoldTicks + 1);
    if (channel.n_missing > kHoldTicks) forget(channel);
    else if (channel.n_seen >= kTicksToKnow) status.state = ValueState::held;
    return status;
}

}  // namespace tonus
