#pragma once

#include <cstddef>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct VibrationCombConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    double width_hz = 3.0;   ///< of every notch, at -3 dB
    double high_hz = 450.0;  ///< no notch above; lowered to 0.45 of the rate
};

/// A notch of the same width at every harmonic of a vibration of the body, while there is one.
///
/// Output     the combed signal: a lower bound, because reflexes locked to the vibration lie at the
///            same lines. Divided by rms_kept() it is the estimate; the signal before is the upper
///            bound (domain 2.8).
/// Delay      none worth stating away from the lines. A notch rings for 1 / (pi width): 106 ms.
/// Real time  process(), set_frequency() and restart() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 2.8; golden row G53.
class VibrationComb {
public:
    /// The range in which a platform is looked for.
    static constexpr double kLowestHz = 10.0;
    static constexpr double kHighestHz = 60.0;

    /// Throws Error unless the width is from 0.1 to 5 Hz and the rate at least 100 Hz.
    explicit VibrationComb(const VibrationCombConfig& config);

    /// 0, or anything that is no number from 10 to 60 Hz, turns it off. While it is on, a new frequency
    /// moves the notches and keeps their states, so that tracking does not click. Takes effect at the next frame.
    void set_frequency(double f_hz) noexcept;
    double frequency_hz() const noexcept { return f_hz_; }

    void process(Block<unit::Microvolt> block) noexcept;

    /// After a start or a long gap.
    void restart() noexcept;

    /// What of the RMS of EMG of the model spectrum passes; 1 while off.
    double rms_kept() const noexcept { return rms_kept_; }

private:
    /// Both halves of the numerator of a notch are its gain, and so is half of a2 + 1.
    struct Notch {
        float gain = 1.0f, middle = 0.0f, a2 = 1.0f;
    };

    std::size_t lanes_;
    double rate_hz_, width_hz_, high_hz_;
    double f_hz_ = 0.0;
    double rms_kept_ = 1.0;
    std::size_t n_notches_ = 0;
    std::vector<Notch> notches_;
    std::vector<float> states_;           // [notch][s1 s2][lane]
    std::vector<double> rms_kept_table_;  // every kTableStepHz from kLowestHz
};

/// A notch of a width in Hz, the same at any frequency (domain 2.8).
Section constant_width_notch(double f_hz, double width_hz, double rate_hz) noexcept;

/// What a comb at f_hz leaves of the RMS of EMG of the model spectrum between 20 Hz and high_hz, in
/// one pass or in two.
double comb_rms_kept(double f_hz, double width_hz, double high_hz, double rate_hz, int n_passes = 1) noexcept;

}  // namespace tonus
