#pragma once

#include <optional>
#include <string_view>

namespace tonus {

/// Microvolts in one of a unit of voltage ("V", "mV", "uV", "µV", "nV", case of the V and spaces
/// aside); nothing when it is no unit of voltage, such as "counts" or "".
std::optional<double> microvolts_per(std::string_view unit) noexcept;

/// m/s^2 in one of a unit of acceleration ("m/s^2", "m/s²", "g", "mg"); nothing when it is none.
std::optional<double> m_s2_per(std::string_view unit) noexcept;

}  // namespace tonus
