#include "engine/envelope/tkeo.hpp"

#include <algorithm>

namespace tonus {

template <class T>
void Tkeo<T>::process(std::span<T> frame) noexcept {
    const std::size_t n = std::min(frame.size(), states_.size());
    for (std::size_t channel = 0; channel < n; ++channel) {
        State& s = states_[channel];
        const T x = frame[channel];
        frame[channel] = s.x1 * s.x1 - s.x2 * x;
        s.x2 = s.x1;
        s.x1 = x;
    }
}

template <class T>
void Tkeo<T>::process(std::span<T> frame, std::span<std::uint8_t> flags) noexcept {
    process(frame);
    const std::size_t n = std::min(flags.size(), states_.size());
    for (std::size_t channel = 0; channel < n; ++channel) {
        State& s = states_[channel];
        const std::uint8_t own = flags[channel];
        flags[channel] = static_cast<std::uint8_t>(own | s.flags1 | s.flags2);
        s.flags2 = s.flags1;
        s.flags1 = own;
    }
}

template <class T>
void Tkeo<T>::restart() noexcept {
    std::fill(states_.begin(), states_.end(), State{});
}

template class Tkeo<float>;
template class Tkeo<double>;

}  // namespace tonus
