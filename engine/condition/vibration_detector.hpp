#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// What shakes the body, as an accelerometer feels it.
struct VibrationState {
    double frequency_hz = 0.0;  ///< to some 0.05 Hz; 0: no vibration
    double rms_m_s2 = 0.0;      ///< of the last window, from 5 to 100 Hz
    double share = 0.0;         ///< of that power, what lies at the line
};

struct VibrationDetectorConfig {
    Rate rate = {};
    double on_share = 0.6, on_rms_m_s2 = 1.0;    ///< there when both are exceeded in two successive windows
    double off_share = 0.4, off_rms_m_s2 = 0.7;  ///< gone when one is not reached in two
};

/// Says whether the body is vibrated, and at which frequency, from 10 to 60 Hz.
///
/// Input      three axes of an accelerometer, gravity with them, in any direction. One at 100 Hz shows
///            no more than 50 Hz, and one that lets more than half of its rate through shows it elsewhere:
///            take 150 Hz or more for plates of up to 60 Hz.
/// Output     from spectra of |a| over 2 s, four a second: found 2.5 s after it began at the latest,
///            gone within 2.5 s, followed in between. The frequency lags by half a window.
/// Gaps       lost samples count as gravity alone: a window that misses over a fifth is not judged, and
///            what was found stays.
/// Real time  process() and skip() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 2.8; the hysteresis is ours.
class VibrationDetector {
public:
    static bool can_hear(const Rate& rate) noexcept;  ///< 40 to 10000 Hz

    /// Throws Error for a rate under 40 or over 10000 Hz, or thresholds that do not keep 0 < off <= on.
    explicit VibrationDetector(const VibrationDetectorConfig& config);

    /// The next frame. True when a vibration was found or has gone with it.
    bool process(const std::array<double, 3>& acceleration_m_s2) noexcept;

    /// Frames that were lost. True when a vibration was found or has gone with them.
    bool skip(std::uint64_t n_frames) noexcept;

    const VibrationState& state() const noexcept { return state_; }

private:
    struct Bin {
        double re = 0.0, im = 0.0;
    };
    static constexpr std::size_t kHops = 8;  // in a window

    bool add(double beyond_gravity, bool is_lost) noexcept;
    bool end_hop() noexcept;
    void sum_window() noexcept;
    bool judge() noexcept;
    double refined_hz(std::size_t peak) const noexcept;

    VibrationDetectorConfig config_;
    std::size_t n_hop_, n_window_;
    double bin_hz_;
    std::size_t first_bin_, n_bins_;         // of the power; the sums have one more at either end
    std::size_t first_peak_, end_peak_;      // among the powers: 10 to 60 Hz
    std::vector<double> cosines_, sines_;    // of a turn in n_window_ steps
    std::vector<std::size_t> turns_;         // per sum: where its wave is
    std::array<std::vector<Bin>, kHops> hops_ = {};
    std::array<std::size_t, kHops> n_lost_ = {};
    std::vector<double> power_m2_s4_;        // of the last window
    std::size_t frame_ = 0, hop_ = 0;        // in the hop; in the window
    std::size_t n_hops_seen_ = 0;            // up to kHops
    int n_against_ = 0;                      // successive windows that contradict the state
    VibrationState state_ = {};
};

}  // namespace tonus
