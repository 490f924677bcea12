#pragma once

#include <array>
#include <bitset>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/mains_detector.hpp"
#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct MainsCancellerConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    double width_hz = 0.32;  ///< of the notch at each harmonic, at -3 dB
    bool track = true;       ///< follow the frequency of the grid
};

/// Takes the mains hum out: one oscillator for the device, and for each channel and harmonic the two weights
/// with which its cosine and sine are subtracted (quadrature LMS).
///
/// T          float in the chain, double as reference. In float the null ends where a step of the weights
///            rounds to nothing: 10 uV of hum leave 0.0002 uV, far below any EMG.
/// Delay      none. A hum that begins is gone after some 1 / (pi width): 1 s. After a contraction a trace of
///            about width / bandwidth of its power is left for as long.
/// Off        a wire until set_active() names harmonics. Flagged samples move no weights, so a gap leaves
///            nothing behind: the oscillator runs on.
/// Frequency  every 0.25 s from the turning of the weights of the strongest channel, within 1 Hz of 50 or
///            60; it rests while that channel's EMG is over ten times its hum, that of now or of the
///            last 10 s.
/// Same       for any number of channels, padding and cut. Between instruction sets it differs by rounding.
/// Real time  process(), skip() and set_active() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 2.3, "Causal canceller"; golden rows G17, G18.
template <class T>
class BasicMainsCanceller {
public:
    /// Throws Error unless the width is from 0.05 to 2 Hz and the rate at least 100 Hz.
    explicit BasicMainsCanceller(const MainsCancellerConfig& config);

    /// Between blocks. Obeyed from state.from_frame on, or from the next frame if that is past.
    void set_active(const MainsState& state) noexcept {
        wanted_ = state;
        is_new_ = true;
    }

    /// The next frames with their padding, in place: samples and flags of padded_lanes(n_channels) each.
    void process(std::span<T> samples_uv, std::span<const std::uint8_t> flags) noexcept;

    /// Frames of a long gap: the oscillator runs on, and so the weights stay right.
    void skip(std::uint64_t n_frames) noexcept;

    double delay_s() const noexcept { return 0.0; }
    double frequency_hz() const noexcept { return f_hz_; }  ///< 0 while off

    /// RMS of what is being subtracted from a channel.
    double hum_uv(std::size_t channel) const noexcept;
    /// RMS of what was left of the strongest channel, over the last quarter of a second that had good samples:
    /// its EMG.
    double residual_uv() const noexcept { return residual_uv_; }

private:
    T* weights(std::size_t harmonic, std::size_t which) noexcept { return weights_.data() + (2 * harmonic + which) * lanes_; }
    void obey() noexcept;
    void set_oscillator() noexcept;
    bool is_wire() const noexcept { return active_.harmonics.none(); }
    std::size_t frames_of_run(std::size_t n_frames) const noexcept;
    void cancel(T* samples_uv, const std::uint8_t* flags, std::size_t n_frames) noexcept;
    void turn(std::size_t n_frames) noexcept;
    void end_interval() noexcept;
    void track() noexcept;

    std::size_t lanes_, n_channels_;
    double rate_hz_;
    T two_mu_;
    bool tracks_;
    std::uint64_t n_interval_;  // frames between two looks at the frequency

    MainsState wanted_ = {}, active_ = {};
    bool is_new_ = false;      // wanted_ has not been obeyed yet
    std::uint64_t n_frames_ = 0;
    double f_hz_ = 0.0;
    double phase_ = 0.0;       // in turns, below 1
    std::complex<double> now_{1.0, 0.0}, step_{1.0, 0.0};  // the same, set by it every interval
    std::array<std::size_t, kMainsHarmonicsMax> harmonics_{};  // those that are active, from 0
    std::size_t n_harmonics_ = 0;
    double last_angle_ = 0.0;  // of the strongest channel's weights
    bool has_angle_ = false;
    double usual_hum_uv_ = 0.0;  // its fundamental's RMS, over some 10 s
    std::uint32_t n_usual_ = 0;

    AlignedVector<T> weights_;              // [harmonic][a b][lane]
    std::vector<T> turns_;                  // [frame][active harmonic][cosine, sine, and both times 2 mu]
    double energy_uv2_ = 0.0;               // left of the strongest channel in the interval under way
    std::uint32_t n_good_ = 0;              // samples of it
    double residual_uv_ = 0.0;
};

extern template class BasicMainsCanceller<float>;
extern template class BasicMainsCanceller<double>;

/// The canceller of the chain.
class MainsCanceller : public BasicMainsCanceller<float> {
public:
    using BasicMainsCanceller::BasicMainsCanceller;

    /// The next frames, in place.
    void process(Block<unit::Microvolt> block) noexcept {
        const std::size_t n = block.n_frames() * block.stride();
        BasicMainsCanceller::process({block.lanes(0).data(), n}, {block.flags(0).data(), n});
    }
};

}  // namespace tonus
