#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tonus {

/// The linear envelope: rectified, then a second-order Butterworth low-pass, clamped at 0.
///
/// It is a mean of |x|, not an RMS: never set it against a maximum found as RMS. Its overshoot of
/// 4.3 % raises false load flags; the flag takes the RMS.
///
/// The filter keeps the increment of its output as its state. At 2 kHz a 5 Hz low-pass in plain
/// float sections is wrong by 3e-4, because its poles lie so close to 1; the increment form keeps
/// 1e-6 (performance, "accuracy").
///
/// T          float on the engine thread, double as reference.
/// Delay      0.2251 / cutoff.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 3.4.
template <class T>
class LinearEnvelope {
public:
    /// Throws Error unless 0 < cutoff_hz < rate_hz / 2.
    LinearEnvelope(std::size_t n_channels, double cutoff_hz, double rate_hz);

    /// One frame of a conditioned signal becomes its envelope, in place.
    void process(std::span<T> frame) noexcept;

    /// As if this frame's rectified values had come for ever.
    void prime(std::span<const T> frame) noexcept;

private:
    struct State {
        T x1{0}, x2{0};  // rectified inputs before
        T y{0}, w{0};    // output and its increment
    };
    T a2_, gain_;
    std::vector<State> states_;
};

}  // namespace tonus
