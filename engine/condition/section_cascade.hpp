#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/core/block.hpp"

namespace tonus {

/// A cascade of second-order sections over the channels of a frame, each channel with its own
/// coefficients, so that channels of different profiles take one pass.
///
/// T          float on the engine thread, double offline and as reference.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Form       transposed direct form II (domain 2.2).
template <class T>
class SectionCascade {
public:
    /// All channels begin as wires.
    SectionCascade(std::size_t n_channels, std::size_t n_sections)
        : lanes_(padded_lanes(n_channels)),
          n_sections_(n_sections),
          coefficients_(n_sections * 5 * lanes_, T{0}),
          states_(n_sections * 2 * lanes_, T{0}) {
        for (std::size_t s = 0; s < n_sections_; ++s) {
            for (std::size_t lane = 0; lane < lanes_; ++lane) coefficient(s, 0)[lane] = T{1};
        }
    }

    /// One channel, the same sections: for a single signal.
    explicit SectionCascade(std::span<const Section> sections) : SectionCascade(1, sections.size()) {
        set_channel(0, sections);
    }

    /// Sections beyond those given stay wires. Coefficients are rounded to T here, once.
    void set_channel(std::size_t channel, std::span<const Section> sections) {
        assert(sections.size() <= n_sections_);
        for (std::size_t s = 0; s < sections.size(); ++s) {
            const double all[5] = {sections[s].b0, sections[s].b1, sections[s].b2, sections[s].a1,
                                   sections[s].a2};
            for (std::size_t k = 0; k < 5; ++k) coefficient(s, k)[channel] = static_cast<T>(all[k]);
        }
    }

    /// Forgets the past: as if zeros had come for ever.
    void reset() noexcept {
        for (T& state : states_) state = T{0};
    }

    /// As if this frame had come for ever: no filter rings on an offset (domain 2.2).
    void prime(std::span<const T> frame) noexcept {
        for (std::size_t channel = 0; channel < frame.size(); ++channel) {
            T x = frame[channel];
            for (std::size_t s = 0; s < n_sections_; ++s) {
                const T b0 = coefficient(s, 0)[channel], b1 = coefficient(s, 1)[channel],
                        b2 = coefficient(s, 2)[channel], a1 = coefficient(s, 3)[channel],
                        a2 = coefficient(s, 4)[channel];
                const T y = x * (b0 + b1 + b2) / (T{1} + a1 + a2);
                state(s, 1)[channel] = b2 * x - a2 * y;
                state(s, 0)[channel] = b1 * x - a1 * y + state(s, 1)[channel];
                x = y;
            }
        }
    }

    /// One frame with its padding, in place.
    void process(std::span<T> frame) noexcept {
        assert(frame.size() >= lanes_ || lanes_ == kLanes);
        const std::size_t n = frame.size() < lanes_ ? frame.size() : lanes_;
        // Time is serial, because each output needs the one before it; channels are independent.
        // So channels are the inner loop, and the one that vectorises.
        for (std::size_t s = 0; s < n_sections_; ++s) {
            const T* const b0 = coefficient(s, 0);
            const T* const b1 = coefficient(s, 1);
            const T* const b2 = coefficient(s, 2);
            const T* const a1 = coefficient(s, 3);
            const T* const a2 = coefficient(s, 4);
            T* const s1 = state(s, 0);
            T* const s2 = state(s, 1);
            for (std::size_t lane = 0; lane < n; ++lane) {
                const T x = frame[lane];
                const T y = b0[lane] * x + s1[lane];
                s1[lane] = b1[lane] * x - a1[lane] * y + s2[lane];
                s2[lane] = b2[lane] * x - a2[lane] * y;
                frame[lane] = y;
            }
        }
    }

    /// A single channel's signal, in place.
    void process_signal(std::span<T> signal) noexcept {
        for (T& sample : signal) process({&sample, 1});
    }

private:
    T* coefficient(std::size_t section, std::size_t k) noexcept {
        return coefficients_.data() + (section * 5 + k) * lanes_;
    }
    T* state(std::size_t section, std::size_t k) noexcept {
        return states_.data() + (section * 2 + k) * lanes_;
    }

    std::size_t lanes_;
    std::size_t n_sections_;
    std::vector<T> coefficients_;  // [section][b0 b1 b2 a1 a2][lane]
    std::vector<T> states_;        // [section][s1 s2][lane]
};

}  // namespace tonus
