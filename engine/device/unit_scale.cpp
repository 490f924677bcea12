#include "engine/device/unit_scale.hpp"

#include <array>
#include <utility>

namespace tonus {

std::optional<double> microvolts_per(std::string_view unit) noexcept {
    while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
    while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
    if (unit.empty() || (unit.back() != 'V' && unit.back() != 'v')) return std::nullopt;
    unit.remove_suffix(1);
    // The micro sign and the Greek letter are different characters that look the same.
    static constexpr std::array<std::pair<std::string_view, double>, 6> prefixes{{
        {"", 1e6}, {"m", 1e3}, {"u", 1.0}, {"\xc2\xb5", 1.0}, {"\xce\xbc", 1.0}, {"n", 1e-3}}};
    for (const auto& [prefix, factor] : prefixes) {
        if (unit == prefix) return factor;
    }
    return std::nullopt;
}

std::optional<double> m_s2_per(std::string_view unit) noexcept {
    constexpr double kGravity = 9.80665;
    static constexpr std::array<std::pair<std::string_view, double>, 5> units{{
        {"m/s^2", 1.0}, {"m/s2", 1.0}, {"m/s\xc2\xb2", 1.0}, {"g", kGravity}, {"mg", 1e-3 * kGravity}}};
    for (const auto& [name, factor] : units) {
        if (unit == name) return factor;
    }
    return std::nullopt;
}

}  // namespace tonus
