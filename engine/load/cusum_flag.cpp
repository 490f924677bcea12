#include "engine/load/cusum_flag.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kSaturatedMvc = 2.0;

double checked_weight(const CusumFlagConfig& config) {
    const double low = config.acceptable_mvc, high = config.overload_mvc;
    if (!(low > 0.0 && low < high && high <= 2.0)) {
        throw usage_error(fmt::format(
            "load: acceptable_mvc = {:.4g} and overload_mvc = {:.4g} must keep 0 < acceptable < overload <= 2 "
            "(fractions of MVC: 0.30 and 0.3704 put the limit at a third)", low, high));
    }
    if (!(config.threshold > 0.0 && config.threshold <= 1000.0)) {
        throw usage_error(fmt::format("load: threshold = {:.4g} is not in (0, 1000]; 8 is the default", config.threshold));
    }
    const double weight = config.rate.num > 0 && config.rate.den > 0 ? 2.0 * config.bandwidth_hz / config.rate.hz() : 0.0;
    if (!(weight > 0.0 && weight <= 1.0)) {
        throw usage_error(fmt::format(
            "load: bandwidth_hz = {:.4g} at {}/{} samples per second: a statistical bandwidth is above 0 and at most "
            "half of the rate; EMG has about 160 Hz", config.bandwidth_hz, config.rate.num, config.rate.den));
    }
    return weight;
}

}  // namespace

double energy_mvc2(double energy_uv2, double n_valid, double rest_uv, double mvc_uv) noexcept {
    const double rest_uv2 = rest_uv * rest_uv;
    return (energy_uv2 - n_valid * rest_uv2) / (mvc_uv * mvc_uv - rest_uv2);
}

CusumFlag::CusumFlag(CusumFlagConfig config)
    : evidence_({.low = config.acceptable_mvc, .high = config.overload_mvc}, checked_weight(config)),
      threshold_(config.threshold),
      tick_samples_(config.rate.hz() * kTickS) {}

double CusumFlag::delay_s(double load_mvc) const noexcept {
    const double drift = evidence_.of(load_mvc * load_mvc * tick_samples_, tick_samples_);
    return drift > 0.0 ? threshold_ / drift * kTickS : std::numeric_limits<double>::infinity();
}

LoadResult CusumFlag::without_energy(Reason reason) noexcept {
    if (memory_.miss()) sum_ = 0.0;
    return memory_.without_value(reason);
}

LoadResult CusumFlag::process(EnergyLoad load) noexcept {
    if (load.saturated) {
        // Clipped samples are left out of the sum, and with them what was too large to measure.
        load.n_valid = tick_samples_;
        load.energy_mvc2 = kSaturatedMvc * kSaturatedMvc * tick_samples_;
    } else if (!load.valid || !(load.n_valid > 0.0)) {
        return without_energy(load.reason == Reason::none ? Reason::gap : load.reason);
    } else if (!std::isfinite(load.energy_mvc2)) {
        return without_energy(Reason::not_a_number);
    }
    memory_.hear();
    const double for_overload = evidence_.of(load.energy_mvc2, load.n_valid);
    if (sum_ <= 0.0) reset_ = load.index;
    sum_ = std::max(0.0, sum_ + (memory_.is_on() ? -for_overload : for_overload));
    const bool changes = sum_ > threshold_;
    if (changes) sum_ = 0.0;
    return memory_.with_value(changes, reset_, load.reason);
}

}  // namespace tonus
