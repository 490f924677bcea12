#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tonus {

/// One window of a muscle that holds.
struct HoldWindow {
    double t_s = 0.0;     ///< middle or end of the window, the same for all
    double mdf_hz = 0.0;
    double rms_uv = 0.0;
};

/// What amplitude and spectrum say together (joint analysis of both, JASA).
enum class Jasa {
    undecided,       ///< a slope is not beyond twice its standard error
    fatigue,         ///< more amplitude, lower frequencies
    force_increase,  ///< more, higher
    recovery,        ///< less, higher
    force_decrease,  ///< less, lower
};
std::string_view jasa_name(Jasa jasa) noexcept;

/// How a muscle changed over a hold. Slopes are of the logarithm: 0.01 is 1 % a second.
struct FatigueTrend {
    double begin_s = 0.0;
    double duration_s = 0.0;
    std::size_t n_windows = 0;
    double mdf_per_s = 0.0, mdf_se_per_s = 0.0;
    double mdf_begin_hz = 0.0;  ///< where the line begins
    double rms_per_s = 0.0, rms_se_per_s = 0.0;
    Jasa jasa = Jasa::undecided;
};

/// Nothing can be said before this; 60 s is the practical minimum (domain 8.2).
inline constexpr double kTrendLeastS = 30.0;

/// The trend over the windows of one hold, in order; nothing under 30 s or where over half of the windows
/// of half a second are missing. Theil-Sen from 20 windows on, else least squares.
///
/// A slope is of the spectrum as it was filtered: the band flattens it (a compression to 0.8 of all frequencies
/// reads 0.81 in 20-450 Hz, domain 11.3), and a high-pass at 30 Hz against the heart flattens it by a tenth more.
///
/// Not real time: it allocates.
/// Source  domain 8.2, 8.3 (Luttmann 1996).
std::optional<FatigueTrend> fatigue_trend(std::span<const HoldWindow> windows);

}  // namespace tonus
