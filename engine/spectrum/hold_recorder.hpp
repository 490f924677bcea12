#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/spectrum/fatigue_trend.hpp"

namespace tonus {

struct HoldRecorderConfig {
    double level_step = 1.5;          ///< the level may drift, but not by this factor from window to window
    std::size_t n_missing_most = 4;   ///< windows in a row without a value that do not end a hold
    std::size_t n_windows_most = 1200;  ///< of a hold: ten minutes; later ones are left out
};

/// Keeps the longest hold of one muscle, window by window, for its trend of fatigue.
///
/// Until a motion sensor says what a hold is (domain 9.9), it is a contraction whose level has no step. Its
/// first and its last second are its ramps and left out.
///
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 8.2.
class HoldRecorder {
public:
    explicit HoldRecorder(HoldRecorderConfig config = {});

    /// The next window of half a second: nothing where it has no value.
    /// @param contracted  nothing where that is unknown
    void process(const std::optional<HoldWindow>& window, std::optional<bool> contracted) noexcept;

    /// The trend of the longest hold so far. Not real time.
    std::optional<FatigueTrend> trend() const;

private:
    void end_hold() noexcept;
    void keep(const HoldWindow& window) noexcept;

    HoldRecorderConfig config_;
    std::vector<HoldWindow> now_, longest_;
    double level_uv_ = 0.0;       // of the hold under way; 0: none
    std::size_t n_ramp_ = 0;      // windows of it that were left out
    std::size_t n_missing_ = 0;   // in a row
};

}  // namespace tonus
