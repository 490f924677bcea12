#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tonus {

/// The Teager-Kaiser energy x[n]^2 - x[n-1] x[n+1] of every channel: large where a signal is both
/// strong and fast, as the first motor units of a contraction are.
///
/// It is for finding onsets. It weighs by frequency (A^2 sin^2 of the angle per sample for a sine
/// of amplitude A), so it says nothing about the level, and in noise it goes below 0: take its
/// size and a low-pass of 50 Hz before a threshold.
///
/// T          float on the engine thread, double as reference.
/// Input      a band-limited signal; the first two frames after a start see zeros before them.
/// Delay      one sample.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.7.
template <class T>
class Tkeo {
public:
    explicit Tkeo(std::size_t n_channels) : states_(n_channels) {}

    /// One frame becomes the energy of the frame before it, in place, in squared units.
    void process(std::span<T> frame) noexcept;

    /// The same with the samples' flags: an energy has those of all three samples it is made of.
    void process(std::span<T> frame, std::span<std::uint8_t> flags) noexcept;

    /// Forgets the past: as if zeros had come for ever.
    void restart() noexcept;

    double delay_s(double rate_hz) const noexcept { return 1.0 / rate_hz; }

private:
    struct State {
        T x1{0}, x2{0};  // the inputs before, newest first
        std::uint8_t flags1 = 0, flags2 = 0;
    };
    std::vector<State> states_;
};

}  // namespace tonus
