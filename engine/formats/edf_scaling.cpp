#include "engine/formats/edf_scaling.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/device/unit_scale.hpp"

namespace tonus::formats {

std::string eight_characters(double value, bool up) {
    for (int n_decimals = 6; n_decimals >= 0; --n_decimals) {
        const double power = std::pow(10.0, n_decimals);
        const double rounded = (up ? std::ceil(value * power) : std::floor(value * power)) / power;
        const std::string text = fmt::format("{:.{}f}", rounded + 0.0, n_decimals);
        if (text.size() <= 8) return text;
    }
    throw usage_error(fmt::format("the value {:g} has more digits than EDF's header holds; write XDF or CSV", value));
}

EdfScaling::EdfScaling(const ChannelInfo& info, const ChannelRange& range, std::size_t n_bits)
    : unit_(info.unit), digital_min_(nothing(n_bits) + 1), digital_max_(-(nothing(n_bits) + 1)), nothing_(nothing(n_bits)) {
    if (const auto microvolts = microvolts_per(info.unit)) {
        unit_ = "uV";
        unit_scale_ = *microvolts;
    }
    scale_ = info.scale * unit_scale_;
    offset_ = info.offset * unit_scale_;
    // A range that is read back must hold counts that a converter can give, too.
    const double low = std::min(range.raw_least, info.raw_min.value_or(range.raw_least));
    const double high = std::max(range.raw_most, info.raw_max.value_or(range.raw_most));
    const bool fit = range.any && range.whole && range.raw_least > nothing_ && range.raw_most <= digital_max_ && info.scale != 0.0;
    if (fit) {
        digital_min_ = static_cast<std::int32_t>(std::max<double>(low, nothing_));
        digital_max_ = static_cast<std::int32_t>(std::min<double>(high, digital_max_));
        if (digital_min_ == digital_max_) ++digital_max_;
        keep_counts(range);
    }
    if (!counts_) spread(range, n_bits);
}

void EdfScaling::set_range(std::string physical_min, std::string physical_max) {
    low_ = std::stod(physical_min);
    step_ = (std::stod(physical_max) - low_) / (static_cast<double>(digital_max_) - static_cast<double>(digital_min_));
    physical_min_ = std::move(physical_min);
    physical_max_ = std::move(physical_max);
}

/// Counts stay if the header's rounded range gives them their values within a tenth of a step.
void EdfScaling::keep_counts(const ChannelRange& range) {
    const double at_min = digital_min_ * scale_ + offset_, at_max = digital_max_ * scale_ + offset_;
    if (std::abs(at_min) >= 9.9e6 || std::abs(at_max) >= 9.9e6) return;
    set_range(eight_characters(at_min, false), eight_characters(at_max, true));
    if (step_ == 0.0) return;
    const auto read_back = [&](double raw) { return (raw - digital_min_) * step_ + low_; };
    for (const double raw : {range.raw_least, range.raw_most}) error_ = std::max(error_, std::abs(read_back(raw) - (raw * scale_ + offset_)));
    counts_ = error_ <= 0.1 * std::abs(scale_);
    if (error_ < 1e-9 * std::max(std::abs(at_min), std::abs(at_max))) error_ = 0.0;
}

void EdfScaling::spread(const ChannelRange& range, std::size_t n_bits) {
    digital_min_ = nothing(n_bits) + 1;
    digital_max_ = -(nothing(n_bits) + 1);
    set_range(eight_characters(range.any ? range.least * unit_scale_ : -1.0, false), eight_characters(range.any ? range.most * unit_scale_ : 1.0, true));
    if (step_ <= 0.0) set_range(physical_min_, eight_characters(low_ + 1.0, true));
    error_ = 0.5 * step_;
}

std::int32_t EdfScaling::digital(double raw) const noexcept {
    if (!std::isfinite(raw)) return nothing_;
    if (counts_) return static_cast<std::int32_t>(raw);
    const double value = (raw * scale_ + offset_ - low_) / step_;
    return static_cast<std::int32_t>(std::clamp(std::rint(value + digital_min_), static_cast<double>(digital_min_), static_cast<double>(digital_max_)));
}

}  // namespace tonus::formats
