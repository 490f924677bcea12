#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/envelope/bandwidth.hpp"

namespace tonus {

struct WhiteningConfig {
    std::size_t order = 4;    ///< 1 to 32; beyond 4 little is gained
    double floor_db = -20.0;  ///< white noise assumed beside the contraction, relative to its power
};

/// A channel's whitening filter, y[n] = gain (x[n] + a_1 x[n-1] + ... + a_p x[n-p]).
struct WhiteningFit {
    std::vector<double> coefficients = {};  ///< a_1 .. a_p
    double gain = 1.0;                      ///< keeps the RMS of the contraction it was fitted on
};

/// Fits the filter that predicts a signal from its past and keeps what it could not predict, by
/// Levinson's recursion. The assumed noise keeps it from raising the frequencies where there is
/// next to no muscle, only amplifier.
///
/// @param autocorrelation  at lags 0 .. order or more, of about 5 s at 30 to 50 % of MVC
/// Errors   Error for too few lags, no power, or values no signal can have.
/// Source   domain 3.5.
WhiteningFit fit_whitening(std::span<const double> autocorrelation, WhiteningConfig config = {});

/// The same from what a calibration gathered: Autocorrelation{n_channels, config.order}.
WhiteningFit fit_whitening(const Autocorrelation& contraction, std::size_t channel, WhiteningConfig config = {});

/// How much more white noise of the amplifier gains by a filter than the contraction it was fitted on.
double noise_rise_db(const WhiteningFit& fit) noexcept;

/// Whitening raises the noise with the muscle's high frequencies: it serves channels whose maximum
/// stands at least 30 dB over their rest, while they are active by more than 10 %.
constexpr bool whitening_serves(double snr_mvc_db, double activation_mvc) noexcept {
    return snr_mvc_db >= 30.0 && activation_mvc > 0.10;
}

/// Takes the likeness of neighbouring samples out of EMG, so that a window holds more independent
/// pieces of it: an RMS of the model signal at 1 kHz is then 1.49 times as exact.
///
/// Input      conditioned microvolts at their original rate. The maximum must be measured with the
///            same filter: a whitened and a plain RMS do not compare.
/// Output     in place. The `order` samples after a flagged one, and after a start, are flagged as
///            settling: they are made of it.
/// Delay      none: the strongest frequencies come up to three samples early, the highest one late.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.5.
class Whitening {
public:
    /// One fit per channel; a channel without one passes as it is. Throws Error for an empty or
    /// non-finite fit.
    explicit Whitening(std::span<const std::optional<WhiteningFit>> fits);

    void process(Block<unit::Microvolt> block) noexcept;

    /// After a start or a long gap: as if zeros had come for ever.
    void restart() noexcept;

private:
    void filter(float* frame) noexcept;
    void mark(std::span<std::uint8_t> flags) noexcept;

    std::size_t n_channels_;
    std::size_t lanes_;
    std::size_t order_;                      // of the longest fit
    std::vector<float> gain_;                // [lane]
    std::vector<float> coefficients_;        // [tap][lane], times the gain
    std::vector<float> past_;                // [tap][lane], newest first
    std::vector<float> sum_;                 // [lane], of the frame under way
    std::vector<std::uint32_t> orders_;      // per channel; 0 passes as it is
    std::vector<std::uint32_t> unsettled_;   // per channel: samples still made of a flagged one
};

}  // namespace tonus
