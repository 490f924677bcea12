#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tonus {

/// Who lost the frames of a gap.
enum class GapCause : std::uint8_t {
    device,     ///< the device's own counter jumped: radio, cable or the device itself
    overrun,    ///< our ring was full
    recording,  ///< the recording was interrupted, or lost them before
    away,       ///< the device was gone: unplugged, switched off or out of reach
};
inline constexpr std::size_t kGapCauses = 4;

constexpr std::string_view gap_cause_name(GapCause cause) noexcept {
    constexpr std::array<std::string_view, kGapCauses> names{"device", "overrun", "recording", "away"};
    return names[static_cast<std::size_t>(cause)];
}

/// Frames that were sampled and are not here.
struct Gap {
    std::size_t stream = 0;
    std::uint64_t first_index = 0;
    std::uint64_t n_frames = 0;
    GapCause cause = GapCause::device;
};

/// The account of one stream: emitted = received + sum of lost, exactly (design, "Contracts").
struct LossLedger {
    std::uint64_t received = 0;
    std::array<std::uint64_t, kGapCauses> lost{};
    std::uint64_t n_gaps = 0;
    /// Frames that came again, too late or with an impossible index: not part of the sum.
    std::uint64_t ignored = 0;

    std::uint64_t lost_total() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t n : lost) sum += n;
        return sum;
    }
    std::uint64_t emitted() const noexcept { return received + lost_total(); }
};

}  // namespace tonus
