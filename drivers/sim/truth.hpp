#pragma once

#include <span>
#include <string>
#include <vector>

#include "drivers/sim/subject.hpp"
#include "engine/core/files.hpp"
#include "engine/formats/npy.hpp"

namespace tonus {

/// Writes what is true beside what the device sends:
///   muscle.npy      (frames, channels)  µV, the muscles' own signal, without anything on top
///   activation.npy  (ticks, channels)   fraction of the maximum, in the middle of each 10 ms
///   truth.json      labels, strengths, rates, scripted faults, and when local or global muscles
///                   work at a third of their maximum or more
///
/// Errors   Error (failed) when the disk refuses.
class SimTruth {
public:
    SimTruth(Files& files, const SimOptions& options, const SimulatedSubject& subject);

    void frame(std::span<const double> muscle_uv);
    void close();

private:
    struct Interval {
        std::size_t first_tick, end_tick;
    };
    void end_ticks();
    std::string json() const;
    std::string intervals_json(const std::vector<Interval>& intervals) const;

    Files& files_;
    SimOptions options_;
    SimulatedSubject subject_;
    NpyWriter muscle_;
    NpyWriter activation_;
    std::vector<float> row_;
    std::vector<Interval> over_local_, over_global_;
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_ticks_ = 0;
};

}  // namespace tonus
