#pragma once

#include <string_view>
#include <vector>

#include "engine/condition/lane_cascade.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// Which band a channel keeps (domain 2.2).
enum class Profile {
    general,    ///< 20-450 Hz, second order
    trunk_ecg,  ///< the same and a fourth-order high-pass at 30 Hz: ECG path A (domain 2.4)
    spectral,   ///< 10-500 Hz
    vibration,  ///< fourth-order high-pass at 20 Hz, low-pass at 450 Hz
};

/// The profile of an electrode site: the heart is in every trunk site.
Profile profile_for_site(std::string_view site) noexcept;

/// No edge lies above this share of the rate: it is lowered to it, or left out (domain 2.2).
inline constexpr double kEdgeOfRate = 0.45;

struct ConditionConfig {
    Rate rate = {};
    std::vector<Profile> profiles = {};  ///< one per channel
    double mains_hz = 0.0;               ///< a fixed notch there, Q 30; 0: none
};

/// Keeps the muscle's band of every channel: band-pass, trunk high-pass, mains notch.
///
/// Input      microvolts without their offset (Gate): then zero state is the primed state.
/// Delay      delay_s(), at 100 Hz where surface EMG is strongest.
/// Real time  process() and restart() do not allocate, lock, throw or call the system.
/// Source     domain 2.2, 2.3, 2.4.
class Conditioner {
public:
    /// Throws Error for a rate under 100 Hz: there is no EMG band left.
    explicit Conditioner(const ConditionConfig& config);

    void process(Block<unit::Microvolt> block) noexcept { process(block, block); }
    /// The same from one place to another of as many frames.
    void process(const Block<unit::Microvolt>& from, const Block<unit::Microvolt>& to) noexcept;

    /// After a start or a long gap, together with Gate::restart().
    void restart() noexcept { cascade_.reset(); }

    double delay_s() const noexcept { return delay_s_; }
    /// The upper edge had to be lowered to 0.45 of the rate.
    bool band_limited() const noexcept { return band_limited_; }
    double low_pass_hz() const noexcept { return low_pass_hz_; }

private:
    LaneCascade<float> cascade_;
    double delay_s_ = 0.0;
    bool band_limited_ = false;
    double low_pass_hz_ = 0.0;
};

/// How filters are designed: for one pass here, for two in the offline twin (zero_phase.hpp).
struct FilterDesign {
    std::vector<Section> (*band_pass)(int order, double low_hz, double high_hz, double rate_hz);
    std::vector<Section> (*high_pass)(int order, double cutoff_hz, double rate_hz);
    std::vector<Section> (*low_pass)(int order, double cutoff_hz, double rate_hz);
    Section (*notch)(double f0_hz, double q, double rate_hz);
};
inline constexpr FilterDesign kOnePass{&butterworth_band_pass, &butterworth_high_pass, &butterworth_low_pass, &notch};

/// The sections of a profile, in double. Throws Error for a rate under 100 Hz.
std::vector<Section> profile_sections(Profile profile, double rate_hz, const FilterDesign& design = kOnePass);

/// The same with the fixed notch, where one is asked for and the rate allows it.
std::vector<Section> channel_sections(Profile profile, const ConditionConfig& config, const FilterDesign& design = kOnePass);

/// Where the band of a profile begins.
double low_edge_hz(Profile profile) noexcept;

}  // namespace tonus
