#pragma once

#include <cassert>
#include <cstdint>
#include <string>

namespace tonus {

/// Ticks per second: everything from the energies on runs at this rate (design, "Tick").
inline constexpr std::uint64_t kTicksPerSecond = 100;
inline constexpr double kTickS = 0.01;

/// A sampling rate as a ratio, because devices have such: Delsys' "2148 Hz" is 58 samples in 27 ms.
/// Frame and tick numbers are exact for streams of up to 2^40 frames.
struct Rate {
    std::uint64_t num = 0;  ///< frames
    std::uint64_t den = 1;  ///< seconds

    constexpr double hz() const noexcept {
        return static_cast<double>(num) / static_cast<double>(den);
    }

    /// The tick that a frame, counted from 0, belongs to.
    constexpr std::uint64_t tick_of(std::uint64_t frame) const noexcept {
        return kTicksPerSecond * frame * den / num;
    }

    /// The first frame of a tick. At rates under 100 Hz a tick may have none; then this is the
    /// first frame after it.
    constexpr std::uint64_t first_frame_of(std::uint64_t tick) const noexcept {
        const std::uint64_t scale = kTicksPerSecond * den;
        return (tick * num + scale - 1) / scale;
    }

    /// When a frame was sampled, on the device's own clock, from its first frame.
    constexpr double time_s(std::uint64_t frame) const noexcept {
        return static_cast<double>(frame) * static_cast<double>(den) / static_cast<double>(num);
    }

    /// Frames in a duration, rounded to the nearest.
    constexpr std::uint64_t frames_in(double seconds) const noexcept {
        return static_cast<std::uint64_t>(seconds * hz() + 0.5);
    }

    constexpr bool operator==(const Rate&) const noexcept = default;
};

/// The simplest ratio within 1e-9 of a rate in Hz. Throws Error unless 1e-6 <= hz <= 1e6.
Rate rate_from_hz(double hz);

/// Reads "2000", "2148.148" or "58/0.027" (frames/seconds). Throws Error naming the text.
Rate parse_rate(const std::string& text);

}  // namespace tonus
