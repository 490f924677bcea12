#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/driver/source_url.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// What the simulated subject does (domain 11.2).
enum class SimTask { demo, calibration, sides, rest, hold, step, trapezoid, staircase, reps, bridge, mobility, mvc };

/// Which side works; the other one only goes along (domain 4.2, unilateral trials).
enum class SimSide { both, left, right };

/// What a muscle's signal is made of: filtered noise (domain 11.1) or motor units (11.6).
enum class SimSource { noise, units };

/// A stretch of time on the device's own clock: from <= t < to.
struct TimeSpan {
    double from_s = 0.0;
    double to_s = 0.0;

    bool contains(double t_s) const noexcept { return t_s >= from_s && t_s < to_s; }
};

/// A fault that befalls one channel for a while.
struct ChannelFault {
    std::size_t channel = 0;
    TimeSpan span;
};

/// Everything that decides what the simulator sends; equal options give equal bits.
struct SimOptions {
    std::uint64_t subject = 1;  ///< whose body: the maxima of the muscles
    std::uint64_t seed = 0;     ///< which day: noise, losses, delays, offsets
    Rate rate{1000, 1};
    std::size_t n_channels = 4;

    SimTask task = SimTask::demo;
    double level_mvc = 0.25;
    double from_mvc = 0.20;
    double to_mvc = 0.40;
    double period_s = 8.0;
    double pause_s = 2.0;
    double ramp_s = 0.1;
    SimSide side = SimSide::both;
    bool tremor = false;
    double drift_per_min = 0.0;  ///< of the activation, as a fraction of it
    double duration_s = std::numeric_limits<double>::infinity();

    SimSource source = SimSource::noise;
    bool laplace = false;   ///< heavier tails than a Gaussian
    double noise_uv = 2.5;  ///< RMS, white
    bool ecg = false;
    double heart_rate_bpm = 70.0;
    double mains_hz = 0.0;  ///< 0 is none
    double mains_uv = 10.0;
    double offset_mv = 30.0;
    double wander_uv = 50.0;
    double drift_mv_s = 0.0;
    double clip_uv = std::numeric_limits<double>::infinity();
    double spikes_per_s = 0.0;
    double crosstalk = 0.0;
    double fatigue_per_s = 0.0;
    double vibration_hz = 0.0;      ///< 0 is none
    std::vector<TimeSpan> vibration_at;  ///< when the plate runs; empty: always
    double vibration_locked = 0.0;  ///< RMS of the reflex, of the muscle's own
    bool motion = false;            ///< the baseline follows the acceleration of the pelvis

    std::vector<ChannelFault> lead_off;
    std::vector<ChannelFault> saturate;
    std::vector<ChannelFault> flat;
    std::vector<ChannelFault> nan;
    std::vector<std::size_t> swapped;  ///< left channels of sites whose two cables are exchanged
    std::vector<std::size_t> dead;     ///< channels whose electrodes reach no muscle
    bool as_float = false;  ///< float32 in µV instead of the converter's counts

    double loss = 0.0;  ///< fraction of the packets
    double duplicates = 0.0;
    double reorder = 0.0;
    std::vector<TimeSpan> gaps;
    std::size_t packet_frames = 20;
    double delay_ms = 20.0;
    double jitter_ms = 5.0;
    double skew_ppm = 0.0;
    bool imu = false;
    Rate imu_rate{100, 1};
    std::size_t n_imu_sensors = 2;  ///< from below: pelvis, thorax
    std::string truth_folder;       ///< empty: the truth is not written

    /// True while the plate runs.
    bool vibrates(double t_s) const noexcept {
        if (vibration_hz <= 0.0 || vibration_at.empty()) return vibration_hz > 0.0;
        return std::any_of(vibration_at.begin(), vibration_at.end(), [t_s](const TimeSpan& span) { return span.contains(t_s); });
    }
};

/// The options with their defaults, as `tonus drivers` prints them.
std::span<const DriverOption> sim_driver_options() noexcept;

/// Throws Error for an option that is unknown, is out of range or contradicts another.
SimOptions parse_sim_options(const SourceUrl& url);

/// The labels of a montage of 4, 8 or 16 channels, such as "MF_L" (domain 1.2).
std::vector<std::string> sim_labels(std::size_t n_channels);

}  // namespace tonus
