#include "engine/envelope/linear_envelope.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"

namespace tonus {

// y[n] = -a1 y1 - a2 y2 + b0 (x + 2 x1 + x2), with unit gain at 0: 4 b0 = 1 + a1 + a2. With the
// increment w = y[n] - y1 this is w = a2 w1 + 4 b0 (u - y1), u = (x + 2 x1 + x2) / 4.
template <class T>
LinearEnvelope<T>::LinearEnvelope(std::size_t n_channels, double cutoff_hz, double rate_hz)
    : states_(n_channels) {
    const Section section = butterworth_low_pass(2, cutoff_hz, rate_hz)[0];
    a2_ = static_cast<T>(section.a2);
    gain_ = static_cast<T>(4.0 * section.b0);
}

template <class T>
void LinearEnvelope<T>::process(std::span<T> frame) noexcept {
    for (std::size_t channel = 0; channel < frame.size(); ++channel) {
        State& s = states_[channel];
        const T x = std::abs(frame[channel]);
        const T u = (x + T{2} * s.x1 + s.x2) * T{0.25};
        s.w = a2_ * s.w + gain_ * (u - s.y);
        s.y += s.w;
        s.x2 = s.x1;
        s.x1 = x;
        frame[channel] = std::max(s.y, T{0});
    }
}

template <class T>
void LinearEnvelope<T>::prime(std::span<const T> frame) noexcept {
    for (std::size_t channel = 0; channel < frame.size(); ++channel) {
        const T x = std::abs(frame[channel]);
        states_[channel] = {.x1 = x, .x2 = x, .y = x, .w = T{0}};
    }
}

template class LinearEnvelope<float>;
template class LinearEnvelope<double>;

}  // namespace tonus
