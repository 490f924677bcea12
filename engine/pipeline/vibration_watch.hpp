#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/condition/vibration_detector.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/sinks/result_ring.hpp"
#include "engine/timeline/stream_timeline.hpp"

namespace tonus {

/// Listens to the first accelerometer of a session for a vibration of the body.
///
/// What it has said when a record of EMG comes is what that record is combed with: arrival stamps
/// decide, so a replay agrees with the live run, and cuts of records change nothing.
///
/// Real time  everything but the constructor does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state.
class VibrationWatch {
public:
    /// It listens to the first stream of three axes in a known unit that is fast enough, unless the
    /// session says otherwise.
    VibrationWatch(std::span<const StreamInfo> streams, const Session& session);

    bool listens() const noexcept { return detector_.has_value(); }
    bool listens_to(std::size_t stream) const noexcept { return detector_ && stream == stream_; }

    /// A record of the stream it listens to. A vibration that begins or ends is an event.
    void process(const FrameRecord& record, const Placement& placement, ResultPort& out) noexcept;

    double frequency_hz() const noexcept { return detector_ ? detector_->state().frequency_hz : 0.0; }

    /// What a person should know of it; empty when nothing.
    const std::string& note() const noexcept { return note_; }

private:
    struct Axis {
        double scale = 1.0, offset = 0.0;  // to m/s^2
    };
    void report(std::uint64_t frame, ResultPort& out) const noexcept;

    std::optional<VibrationDetector> detector_;
    std::size_t stream_ = 0;
    Rate rate_ = {};
    std::array<Axis, 3> axes_ = {};
    std::string note_;
};

}  // namespace tonus
