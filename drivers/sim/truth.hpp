#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/sim/motion_sensor.hpp"
#include "drivers/sim/subject.hpp"
#include "engine/core/files.hpp"
#include "engine/formats/npy.hpp"

namespace tonus {

/// Writes what is true beside what the device sends:
///   muscle.npy      (frames, channels)  µV, the muscles' own signal, without anything on top
///   activation.npy  (ticks, channels)   fraction of the maximum, in the middle of each 10 ms
///   orientation.npy (frames, sensors x 4)  of each segment to the room as w x y z; with imu=on
///   angles.npy      (frames, sensors x 3)  rad: flexion, right lateral, left axial, of the pelvis to the
///                   room and of the thorax to the pelvis; with imu=on. Frames are the motion sensors'.
///   repetitions.npy (repetitions, 4)    s: begins, is far out, leaves, is back; those finished
///   breaths.npy     (breaths, 1)        s: when each begins
///   truth.json      labels, strengths, rates, scripted faults, everything that lies on top of the
///                   muscles, when local or global muscles work at a third of their maximum or
///                   more, when each muscle contracts (1 % of its maximum or more, to 0.1 ms),
///                   and how each motion sensor is mounted
///
/// Errors   Error (failed) when the disk refuses.
class SimTruth {
public:
    SimTruth(Files& files, const SimOptions& options, const SimulatedSubject& subject);

    void frame(std::span<const double> muscle_uv);
    void motion_frame();
    void close();

private:
    struct Interval {
        std::size_t first_tick, end_tick;
    };
    struct Contraction {
        double onset_s, offset_s;
    };
    void end_ticks();
    void follow_contraction(std::size_t channel, double activation, double t_s);
    double crossing_s(std::size_t channel, double before_s, double after_s) const;
    std::string json() const;
    std::string intervals_json(const std::vector<Interval>& intervals) const;
    std::string channels_json() const;
    std::string motion_json() const;
    void write_repetitions();
    void write_breaths();

    Files& files_;
    SimOptions options_;
    SimulatedSubject subject_;
    NpyWriter muscle_;
    NpyWriter activation_;
    TrunkMotion motion_;
    std::optional<NpyWriter> orientation_, angles_;
    std::vector<float> row_;
    std::vector<Interval> over_local_, over_global_;
    std::vector<std::vector<Contraction>> contractions_;  ///< per channel
    std::vector<bool> contracted_;                        ///< per channel: at the last tick
    std::uint64_t n_motion_frames_ = 0;
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_ticks_ = 0;
};

}  // namespace tonus
