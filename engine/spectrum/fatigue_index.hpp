#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tonus {

/// FInsm5, the moment of order -1 of a band's power over that of order 5, in Hz^-6: fatigue moves
/// power from high frequencies to low ones, and the moments take it from both ends.
///
/// Its value says nothing alone. Power that falls as f^-4 times f^5 grows without end, so the upper
/// edge of the band decides, and the rate behind it: compare only values of one band and one rate.
///
/// @param power   |X_k|^2, k = 0 .. n/2
/// @param bin_hz  spacing of the bins
/// @return        nothing where the band has no power, no bin or begins at 0 Hz
/// Source         domain 8.1 (Dimitrov 2006).
std::optional<double> fatigue_index(std::span<const float> power, double bin_hz, double low_hz, double high_hz) noexcept;

struct FatigueIndexConfig {
    std::size_t n_channels = 0;
    double bin_hz = 1.0;
    double low_hz = 10.0;
    double high_hz = 500.0;  ///< with samples at 1 kHz 450: fixed for all that is compared
};

/// How many times as high the index of a channel is as in its first window: 1 when fresh, 2.1 when
/// the spectrum has shrunk to 0.8 of its frequencies (10-500 Hz), up to 8 in hard dynamic work.
///
/// Input      power spectra of whole windows without flagged samples, from one contraction that is
///            isometric, or at one angle of each repetition. By chance alone the ratio of two
///            windows of 1 s spreads by 21 %: show a trend over several.
/// Output     nothing for a window without power in the band, and while no first window is known.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. It copies.
/// Source     domain 8.1, 8.2.
class FatigueIndex {
public:
    /// Throws Error unless 0 < bin_hz <= low_hz < high_hz.
    explicit FatigueIndex(FatigueIndexConfig config);

    /// The next window of one channel: its index over that of the first.
    std::optional<double> process(std::size_t channel, std::span<const float> power) noexcept;

    /// The next window is the first again: a new hold, or a new band of effort.
    void restart(std::size_t channel) noexcept;

private:
    FatigueIndexConfig config_;
    std::vector<double> first_;  // per channel; 0: none yet
};

}  // namespace tonus
