#include "engine/envelope/combine.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

void check(const CombineConfig& config) {
    std::vector<bool> taken(config.n_channels, false);
    for (std::size_t muscle = 0; muscle < config.muscles.size(); ++muscle) {
        if (config.muscles[muscle].empty()) {
            throw usage_error(fmt::format("combine: muscle {} has no channels; leave it out or give it one", muscle));
        }
        for (const std::size_t channel : config.muscles[muscle]) {
            if (channel >= config.n_channels) {
                throw usage_error(fmt::format("combine: muscle {} names channel {}, but there are {} (counted from 0)", muscle,
                                              channel, config.n_channels));
            }
            if (taken[channel]) {
                throw usage_error(fmt::format("combine: channel {} is named twice; a channel lies over one muscle", channel));
            }
            taken[channel] = true;
        }
    }
}

}  // namespace

Combine::Combine(CombineConfig config) {
    check(config);
    muscles_ = std::move(config.muscles);
    values_mvc_.assign(muscles_.size(), 0.0f);
    status_.assign(muscles_.size(), {});
}

Tick<unit::Mvc> Combine::process(const Tick<unit::Mvc>& activation) noexcept {
    for (std::size_t muscle = 0; muscle < muscles_.size(); ++muscle) combine(muscle, activation);
    return {activation.index, values_mvc_, status_};
}

void Combine::combine(std::size_t muscle, const Tick<unit::Mvc>& activation) noexcept {
    const std::vector<std::size_t>& channels = muscles_[muscle];
    Status out{.state = ValueState::invalid, .reason = Reason::none, .saturated = false, .valid_fraction = 0.0f};
    double power = 0.0, power_held = 0.0, quality = 0.0;
    std::size_t n_valid = 0, n_held = 0;
    for (const std::size_t channel : channels) {
        const Status& status = activation.status[channel];
        const auto a = static_cast<double>(activation.value[channel]);
        out.saturated |= status.saturated;
        out.valid_fraction += status.valid_fraction / static_cast<float>(channels.size());
        if (status.state == ValueState::valid) {
            power += a * a;
            quality += static_cast<double>(status.quality);
            ++n_valid;
            continue;
        }
        out.reason = std::max(out.reason, status.reason);
        if (status.state != ValueState::held) continue;
        power_held += a * a;
        ++n_held;
    }
    if (2 * n_valid >= channels.size()) {
        out.state = ValueState::valid;
        out.reason = Reason::none;
        out.quality = static_cast<float>(quality / static_cast<double>(n_valid));
        values_mvc_[muscle] = static_cast<float>(std::sqrt(power / static_cast<double>(n_valid)));
    } else if (2 * (n_valid + n_held) >= channels.size()) {
        out.state = ValueState::held;
        values_mvc_[muscle] = static_cast<float>(std::sqrt((power + power_held) / static_cast<double>(n_valid + n_held)));
    }
    status_[muscle] = out;
}

double effective_channels(std::size_t n_channels, double waveform_correlation) noexcept {
    const auto k = static_cast<double>(n_channels);
    return k / (1.0 + (k - 1.0) * waveform_correlation * waveform_correlation);
}

double effective_channels(std::span<const double> correlation) {
    const auto k = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(correlation.size()))));
    if (k == 0 || k * k != correlation.size()) {
        throw usage_error(fmt::format("effective channels: {} correlations make no square; K channels have K x K", correlation.size()));
    }
    // The variance of the mean of K powers of variance v: v / K^2 times the sum of all rho^2.
    double sum = 0.0;
    for (const double rho : correlation) {
        if (!(std::abs(rho) <= 1.0)) throw usage_error(fmt::format("effective channels: a correlation of {} is not in -1 to 1", rho));
        sum += rho * rho;
    }
    if (!(sum > 0.0)) throw usage_error("effective channels: all correlations are 0; the diagonal is 1");
    return static_cast<double>(correlation.size()) / sum;
}

}  // namespace tonus
