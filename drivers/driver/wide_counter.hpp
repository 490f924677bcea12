#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "engine/core/rate.hpp"

namespace tonus {

/// Widens a device's small frame counter to 64 bits. What the counter cannot say, whole turns of
/// it that were lost, the clock does: frames that keep coming late by half a turn or more are those
/// of a later turn. A number far ahead of the clock is damaged, unless the next one agrees with it.
///
/// Ambiguity  a loss of whole turns is seen after a silence at once, otherwise within half a second,
///            and only then put where it is seen. Links that hold frames back by more than half a
///            turn, and let none through sooner for half a second, are mistaken for one. Counters under
///            256 are too short to tell a damaged number.
/// Real time  does not allocate, lock, throw or call the system.
/// Source     reliability F3, F5; protocols/cyton 6, bitalino 3.
class WideCounter {
public:
    /// @param modulus  of the counter: 256 for one byte
    WideCounter(std::uint64_t modulus, Rate rate) noexcept : modulus_(modulus), rate_(rate) {}

    /// All frames of one read have come. To be called before they are widened.
    /// @param last  the counter of the newest of them
    /// @param n     how many they are
    void arrived(std::uint64_t last, std::size_t n, std::int64_t now_ns) noexcept;

    /// The wide count of a frame. A repeat gets the count it had; so does one that comes a little
    /// late, where the counter is wide enough to tell (256 or more). Nothing for a damaged number:
    /// where the frame belongs is not known.
    std::optional<std::uint64_t> widen(std::uint64_t raw) noexcept;

    /// Turns that only the clock could tell.
    std::uint64_t turns_by_clock() const noexcept { return turns_by_clock_; }

private:
    double lateness_s(std::uint64_t count, std::int64_t now_ns) const noexcept;
    std::uint64_t place(std::uint64_t raw) const noexcept;
    bool is_too_far(std::uint64_t count) const noexcept { return modulus_ >= kTellingModulus && count > newest_ + ahead_max_; }

    static constexpr std::uint64_t kTellingModulus = 256;

    std::uint64_t modulus_;
    Rate rate_;
    bool started_ = false;            // a read has come
    bool counting_ = false;           // a frame was widened
    bool may_be_late_ = false;        // too little time has gone by for a loss of nearly a turn
    std::uint64_t ahead_max_ = 0;     // of the newest, that the time since the last read allows
    std::optional<std::uint64_t> suspect_;  // a raw number that was too far ahead, just before
    std::uint64_t newest_ = 0;        // highest wide count so far
    std::int64_t newest_ns_ = 0;      // when it came
    double least_lateness_s_ = std::numeric_limits<double>::infinity();  // of a device that counts at its rate
    double window_least_s_ = std::numeric_limits<double>::infinity();
    std::int64_t window_ends_ns_ = 0;
    std::uint64_t turns_by_clock_ = 0;
};

}  // namespace tonus
