#pragma once

#include <optional>
#include <string>

#include "engine/core/tick.hpp"

namespace tonus {

/// Statistical bandwidth of trunk EMG after the band-pass, where none was measured (domain 3.1).
inline constexpr double kBandwidthHz = 160.0;

enum class ReferenceMethod {
    mvc,  ///< maximal voluntary contraction
    rve,  ///< a defined submaximal effort: no third of maximum, no ratio (domain 4.4)
};

/// What a channel's envelope is measured against, for one application of its electrodes.
struct MvcReference {
    ReferenceMethod method = ReferenceMethod::mvc;
    double rest_uv = 0.0;          ///< sigma_0; 0: not calibrated
    double mvc_uv = 0.0;           ///< sigma_MVC as measured; 0: not calibrated
    double bias = 0.0;             ///< of picking a maximum; mvc_uv is divided by 1 + bias
    double window_s = 1.0;         ///< of the RMS whose maximum was taken
    int trials = 0;
    double repeatability = 0.0;    ///< difference of the two best trials, as a fraction
    double bandwidth_hz = kBandwidthHz;
    std::string device = {};            ///< which device, gain and conditioning it holds for
    std::string settings = {};
    std::string made = {};              ///< when, as written in the session file

    double unbiased_mvc_uv() const noexcept { return mvc_uv / (1.0 + bias); }
};

/// Why a channel with this reference has no fraction of MVC; none when it has one. A maximum
/// under three times the rest level says nothing (domain 5.1).
Reason reference_problem(const std::optional<MvcReference>& reference) noexcept;

}  // namespace tonus
