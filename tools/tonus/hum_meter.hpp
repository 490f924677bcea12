#pragma once

#include <array>
#include <cstddef>

namespace tonus::cli {

/// Whether a channel hums with 50 or 60 Hz, from spectra of one second: the lines at both against what
/// lies 4 Hz beside them. A first look; live, MainsDetector decides.
class HumMeter {
public:
    /// A rate too low for 64 Hz sees no hum.
    explicit HumMeter(double rate_hz) noexcept;

    void add(double value) noexcept;

    /// A loss: the second under way is given up.
    void restart() noexcept;

    double found_hz() const noexcept;  ///< 50 or 60; 0: none

private:
    static constexpr std::size_t kBases = 2, kLines = 3;  // below, at, above

    /// Goertzel's recursion for one frequency.
    struct Line {
        double factor = 0.0, s1 = 0.0, s2 = 0.0;
        double power = 0.0;  // of all whole seconds
    };

    std::array<std::array<Line, kLines>, kBases> lines_{};
    std::size_t n_second_ = 0;  // frames of a second; 0: cannot be judged
    std::size_t n_ = 0;
    double sum_ = 0.0, square_sum_ = 0.0;  // of the second under way
    double power_ = 0.0;                   // without the offset, of all whole seconds
};

}  // namespace tonus::cli
