#include "engine/spectrum/fatigue_trend.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/spectrum/slope.hpp"

namespace tonus {
namespace {

constexpr std::size_t kRobustFrom = 20;
constexpr double kHopS = 0.5;
constexpr double kDecided = 2.0;  // standard errors

Jasa joint(const FatigueTrend& trend) noexcept {
    const bool is_decided = std::abs(trend.rms_per_s) > kDecided * trend.rms_se_per_s && std::abs(trend.mdf_per_s) > kDecided * trend.mdf_se_per_s;
    if (!is_decided) return Jasa::undecided;
    if (trend.rms_per_s > 0.0) return trend.mdf_per_s < 0.0 ? Jasa::fatigue : Jasa::force_increase;
    return trend.mdf_per_s > 0.0 ? Jasa::recovery : Jasa::force_decrease;
}

}  // namespace

std::string_view jasa_name(Jasa jasa) noexcept {
    switch (jasa) {
        case Jasa::undecided: return "undecided";
        case Jasa::fatigue: return "fatigue";
        case Jasa::force_increase: return "force increase";
        case Jasa::recovery: return "recovery";
        case Jasa::force_decrease: return "force decrease";
    }
    return "";
}

std::optional<FatigueTrend> fatigue_trend(std::span<const HoldWindow> windows) {
    if (windows.empty()) return std::nullopt;
    // Each window stands for half a second.
    FatigueTrend trend{.begin_s = windows.front().t_s, .duration_s = windows.back().t_s - windows.front().t_s + kHopS, .n_windows = windows.size()};
    if (trend.duration_s < kTrendLeastS || static_cast<double>(windows.size()) * kHopS < 0.5 * trend.duration_s) return std::nullopt;
    std::vector<double> t_s, mdf, rms;
    for (const HoldWindow& window : windows) {
        t_s.push_back(window.t_s - trend.begin_s);
        mdf.push_back(std::log(window.mdf_hz));
        rms.push_back(std::log(window.rms_uv));
    }
    const auto line = windows.size() >= kRobustFrom ? &theil_sen : &least_squares;
    const std::optional<Slope> of_mdf = line(t_s, mdf), of_rms = line(t_s, rms);
    if (!of_mdf || !of_rms) return std::nullopt;
    trend.mdf_per_s = of_mdf->per_s;
    trend.mdf_se_per_s = of_mdf->se_per_s;
    trend.mdf_begin_hz = std::exp(of_mdf->at_zero);
    trend.rms_per_s = of_rms->per_s;
    trend.rms_se_per_s = of_rms->se_per_s;
    trend.jasa = joint(trend);
    return trend;
}

}  // namespace tonus
