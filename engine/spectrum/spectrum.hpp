#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"
#include "engine/spectrum/fft.hpp"
#include "engine/spectrum/median_frequency.hpp"

namespace tonus {

struct SpectrumConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    double low_hz = 20.0;
    double high_hz = 450.0;
    double window_s = 1.0;  ///< half overlapped
};

/// The median and mean frequency of a channel's last whole window, and its RMS in the band.
struct SpectrumValue {
    float mdf_hz = 0.0f;
    float mnf_hz = 0.0f;
    float rms_uv = 0.0f;
    bool valid = false;            ///< no flagged sample in the window
    std::uint64_t n_windows = 0;   ///< windows seen so far, dropped ones too
};

/// Hann windows of 1 s, every half second, the transforms of the channels spread over the ticks
/// between, so that no tick carries them all.
///
/// Input      process() or skip() for every frame, tick() after each tick that is done.
/// Delay      half the window, and up to half a second until the channel's turn.
/// Cuts       a window's turn is set by the tick in which it ended, not by what has come since.
/// Real time  process(), skip() and tick() do not allocate, lock, throw or call the system.
/// Source     domain 8.1, 8.4.
class Spectrum {
public:
    explicit Spectrum(SpectrumConfig config);

    void process(const Block<unit::Microvolt>& block) noexcept;
    void skip(std::size_t n_frames) noexcept;  ///< frames of a long gap
    void tick(std::uint64_t index) noexcept;

    std::span<const SpectrumValue> latest() const noexcept { return latest_; }

    /// Of latest() so many were renewed since the start, in the order of the channels, from the first on for each
    /// window; the channel after the last of them.
    std::uint64_t n_renewed() const noexcept { return n_renewed_; }
    std::size_t renewed_end() const noexcept { return next_channel_; }

private:
    std::size_t frames_to_window_end(std::size_t n_most) const noexcept;
    void keep(const Block<unit::Microvolt>& frames) noexcept;
    void advance(std::size_t n_frames) noexcept;
    void compute(std::size_t channel) noexcept;

    SpectrumConfig config_;
    std::size_t n_window_, n_hop_, n_ring_;
    std::uint64_t n_spread_;
    RealFft fft_;
    std::vector<float> hann_;
    std::vector<float> ring_;               // [channel][frame % n_ring_]
    std::vector<std::uint64_t> bad_until_;  // per channel: one past its last flagged frame
    std::uint64_t n_frames_ = 0;
    std::uint64_t next_end_;                // where the window to come ends
    // The window whose transforms are under way.
    std::uint64_t window_end_ = 0;
    std::uint64_t window_tick_ = 0;         // tick of its last frame
    std::size_t next_channel_;
    std::vector<bool> window_ok_;           // per channel
    std::vector<SpectrumValue> latest_;
    std::uint64_t n_renewed_ = 0;
};

}  // namespace tonus
