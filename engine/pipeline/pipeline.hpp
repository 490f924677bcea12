#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/pipeline/emg_chain.hpp"
#include "engine/pipeline/estimate_bounds.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/montage_tick.hpp"
#include "engine/pipeline/row_maker.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/pipeline/vibration_watch.hpp"
#include "engine/sinks/result_ring.hpp"
#include "engine/sinks/sink.hpp"
#include "engine/timeline/stamp_merge.hpp"

namespace tonus {

/// The chain from the raw frames of one or more devices to the load flag.
///
/// Input      records in the order of their arrival (StampMerge).
/// Output     a row per 10 ms of the first EMG stream, and events, into a ResultPort.
/// Order      the same records give the same results to the bit, however they are cut and
///            whichever threads carried them.
/// Real time  process() and finish() do not allocate, lock, throw or call the system.
/// Threads    one at a time.
class Pipeline {
public:
    /// One device. Throws Error when the session does not fit what the device sends.
    Pipeline(std::span<const StreamInfo> streams, const Session& session);

    /// Several devices, in the order of the session's sources.
    Pipeline(std::span<const std::span<const StreamInfo>> devices, const Session& session);

    Pipeline(Pipeline&&) noexcept;
    ~Pipeline();

    /// What the sinks are told of the session.
    const SessionInfo& info() const noexcept { return info_; }

    /// The device whose first EMG stream gives the ticks: no row has to wait for another to be looked at.
    std::size_t tick_device() const noexcept;

    /// What the links of the devices delay everything, by the session: for StampMerge.
    std::span<const std::int64_t> link_delays_ns() const noexcept { return link_delays_ns_; }

    /// Takes a record. False when a long gap before it is not accounted for yet: call again with
    /// the same record, so that a gap of hours does not flood the sinks.
    bool process(const MergedRecord& record, ResultPort& out) noexcept;

    /// A device has ended. `n_overrun` is what its ring refused of a stream in all.
    void end_stream(std::size_t device, std::size_t stream, std::uint64_t n_overrun,
                    ResultPort& out) noexcept;

    /// The account so far. Allocates: not for the engine thread.
    RunSummary summary() const;

    /// For offline runs only; nullptr takes them away.
    void set_taps(Taps* taps) noexcept;

private:
    struct Stream;
    class Collector;

    void on_reference_tick(std::uint64_t tick, std::int64_t arrival_ns, ResultPort& out) noexcept;
    void gather() noexcept;
    void watch_mains(std::size_t index, ResultPort& out) noexcept;
    void follow_vibration(const Placement& placement, const FrameRecord& record, ResultPort& out) noexcept;

    SessionInfo info_;
    std::vector<std::size_t> first_stream_;  // of each device
    std::vector<std::int64_t> link_delays_ns_;
    std::vector<Stream> streams_;
    std::size_t reference_ = 0;              // the first EMG stream: it gives the ticks
    std::vector<ChannelPlace> places_;       // one per montage channel
    std::vector<ChannelResult> results_;     // per montage channel
    MontageTick montage_;
    std::optional<VibrationWatch> vibration_;  // always there once constructed
    EstimateBounds bounds_;
    std::optional<RowMaker> rows_;           // always there once constructed
    Taps* taps_ = nullptr;
};

}  // namespace tonus
