#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tonus {

/// Units a Block or a Tick carries in its type: handing microvolts to a stage that wants
/// fractions of MVC does not compile.
namespace unit {
struct Microvolt {};
struct Mvc {};  ///< a fraction of the maximal voluntary contraction
}  // namespace unit

/// Channels are the lanes of a vector register; frames are padded to whole groups of this many.
inline constexpr std::size_t kLanes = 8;

/// Frames are handled this many at a time: with 64 channels a block and the states of its
/// filters stay in the first-level cache, whatever the source hands over.
inline constexpr std::size_t kBlockFrames = 32;

constexpr std::size_t padded_lanes(std::size_t n_channels) noexcept {
    return (n_channels + kLanes - 1) / kLanes * kLanes;
}

/// Why a sample does not count (domain 2.1). A sample with any bit set enters no energy.
namespace sample_flag {
inline constexpr std::uint8_t saturated = 1 << 0;
inline constexpr std::uint8_t gap = 1 << 1;       ///< lost on the way; the last good value stands in
inline constexpr std::uint8_t lead_off = 1 << 2;
inline constexpr std::uint8_t spike = 1 << 3;
inline constexpr std::uint8_t ecg_blank = 1 << 4;
inline constexpr std::uint8_t settling = 1 << 5;  ///< a filter still answers to a start or a gap
inline constexpr std::uint8_t not_finite = 1 << 6;  ///< NaN, Inf or beyond any electrode's voltage
}  // namespace sample_flag

/// A view of consecutive frames: channel-interleaved floats of one unit, and a flag byte a sample.
/// Lanes beyond n_channels are padding: they may be computed, and are never read.
template <class Unit>
class Block {
public:
    Block(float* samples, std::uint8_t* flags, std::size_t n_channels, std::size_t n_frames) noexcept
        : samples_(samples), flags_(flags), n_channels_(n_channels), n_frames_(n_frames) {}

    std::size_t n_channels() const noexcept { return n_channels_; }
    std::size_t n_frames() const noexcept { return n_frames_; }
    std::size_t stride() const noexcept { return padded_lanes(n_channels_); }

    /// One frame with its padding, so that whole lane groups can be computed.
    std::span<float> lanes(std::size_t frame) const noexcept {
        return {samples_ + frame * stride(), stride()};
    }
    std::span<float> frame(std::size_t frame) const noexcept {
        return {samples_ + frame * stride(), n_channels_};
    }
    std::span<std::uint8_t> flags(std::size_t frame) const noexcept {
        return {flags_ + frame * stride(), n_channels_};
    }

    Block first(std::size_t n_frames) const noexcept {
        return {samples_, flags_, n_channels_, n_frames};
    }
    Block from(std::size_t frame) const noexcept {
        return {samples_ + frame * stride(), flags_ + frame * stride(), n_channels_,
                n_frames_ - frame};
    }

private:
    float* samples_;
    std::uint8_t* flags_;
    std::size_t n_channels_;
    std::size_t n_frames_;
};

}  // namespace tonus
