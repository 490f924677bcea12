#include "engine/load/apdf.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr float kFullScaleMvc = 2.0f;

}  // namespace

Apdf::Apdf(ApdfConfig config) : limit_mvc_(config.limit_mvc) {
    if (!(limit_mvc_ > 0.0f && limit_mvc_ <= kFullScaleMvc)) {
        throw usage_error(fmt::format("apdf: limit_mvc = {:.4g} is not in (0, 2] (a fraction of MVC: a third is 0.3333)",
                                      limit_mvc_));
    }
}

void Apdf::process(float value_mvc, bool valid) noexcept {
    if (!valid || !std::isfinite(value_mvc)) return;
    const double value = static_cast<double>(std::clamp(value_mvc, 0.0f, kFullScaleMvc));
    const auto bin = static_cast<std::size_t>(value / kBinMvc + 0.5);
    ++counts_[std::min(bin, kBins - 1)];
    ++n_valid_;
    if (value_mvc < limit_mvc_) return;
    ++n_above_;
    excess_mvc_ += value - static_cast<double>(limit_mvc_);
}

std::optional<double> Apdf::percentile(double share) const noexcept {
    if (n_valid_ == 0) return std::nullopt;
    const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(n_valid_);
    double below = 0.0;
    double edge_mvc = 0.0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
        if (counts_[bin] == 0) continue;
        const auto inside = static_cast<double>(counts_[bin]);
        const double low = std::max((static_cast<double>(bin) - 0.5) * kBinMvc, 0.0);
        const double high = std::min((static_cast<double>(bin) + 0.5) * kBinMvc, static_cast<double>(kFullScaleMvc));
        if (below + inside >= wanted) return low + (high - low) * (wanted - below) / inside;
        below += inside;
        edge_mvc = high;
    }
    return edge_mvc;
}

std::optional<ApdfLevels> Apdf::levels() const noexcept {
    if (n_valid_ == 0) return std::nullopt;
    return ApdfLevels{.static_mvc = *percentile(0.1), .median_mvc = *percentile(0.5), .peak_mvc = *percentile(0.9)};
}

std::optional<double> Apdf::time_above() const noexcept {
    if (n_valid_ == 0) return std::nullopt;
    return static_cast<double>(n_above_) / static_cast<double>(n_valid_);
}

std::optional<double> Apdf::mean_excess_mvc() const noexcept {
    if (n_valid_ == 0) return std::nullopt;
    return n_above_ == 0 ? 0.0 : excess_mvc_ / static_cast<double>(n_above_);
}

}  // namespace tonus
