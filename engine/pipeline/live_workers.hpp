#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/denormals.hpp"
#include "engine/core/memory.hpp"
#include "engine/core/worker.hpp"
#include "engine/pipeline/live_places.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/pipeline/ring_sink.hpp"
#include "engine/sinks/marker_board.hpp"

namespace tonus {

/// Time since the session began, and whether it is to end.
class SessionClock {
public:
    SessionClock(Clock& clock, const std::atomic<bool>* stop, double duration_s) noexcept
        : clock_(clock), stop_(stop), end_ns_(duration_s < 1e9 ? static_cast<std::int64_t>(duration_s * 1e9)
                                   : std::numeric_limits<std::int64_t>::max()) {}

    void begin() noexcept { origin_ns_ = clock_.now_ns(); }
    std::int64_t now_ns() const noexcept { return clock_.now_ns() - origin_ns_; }
    /// When, of the session's time, the host's clock showed this.
    double session_s(double host_s) const noexcept { return host_s - static_cast<double>(origin_ns_) * 1e-9; }
    bool is_over() const noexcept {
        return now_ns() >= end_ns_ ||
               (stop_ != nullptr && stop_->load(std::memory_order_relaxed));
    }

private:
    Clock& clock_;
    const std::atomic<bool>* stop_;
    std::int64_t end_ns_;
    std::int64_t origin_ns_ = 0;
};

/// Stamps what a live device brings at the moment it brings it.
class StampingSink final : public RingSink {
public:
    StampingSink(FrameRing& ring, FrameRing* recorded, const SessionClock& session)
        : RingSink(ring, recorded), session_(session) {
        writer_.end_stamping();
    }

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        writer_.begin_stamping();
        frames.arrival_ns = session_.now_ns();
        RingSink::push(stream, first_index, frames);
        writer_.end_stamping();
    }

private:
    const SessionClock& session_;
};

/// Reads one device into its ring and wakes the engine, at each read where it is the one that gives the
/// ticks. What others bring is looked at with the next tick: nine devices would wake the engine nine
/// times as often for the same rows.
class DeviceWorker final : public Worker {
public:
    /// @param recorded  the recorder's ring, which gets the same; nullptr where nothing is recorded
    /// @param markers   gets what a live device remarks; may be null
    DeviceWorker(Device& device, FrameRing& ring, FrameRing* recorded, const SessionClock& session, Doorbell& engine,
                 std::chrono::milliseconds patience, bool gives_ticks, const LivePlaces& places, MarkerBoard* markers = nullptr);

    std::string_view name() const noexcept override { return "tonus-device"; }
    ThreadWish thread_wish() const noexcept override;
    Next step() noexcept override;
    Doorbell& doorbell() noexcept override { return bell_; }
    // read() does the waiting; between reads there is none.
    std::chrono::nanoseconds wait_at_most() const noexcept override { return {}; }

    /// How old what the device last brought was. From any thread.
    double age_s() const noexcept { return age_s_.load(std::memory_order_relaxed); }

private:
    void post_markers();

    Device& device_;
    std::unique_ptr<RingSink> sink_;
    const SessionClock& session_;
    Doorbell& engine_;
    std::chrono::milliseconds patience_;
    bool wakes_;
    LivePlaces places_;
    MarkerBoard* markers_;
    std::size_t n_markers_posted_ = 0;
    Doorbell bell_;
    std::atomic<double> age_s_{0.0};
};

/// Runs the pipeline over what the rings hold. The engine thread.
class EngineWorker final : public Worker {
public:
    EngineWorker(Pipeline& pipeline, StampMerge merge, std::vector<const FrameRing*> rings,
                 std::vector<std::size_t> n_streams, ResultPort& out, const SessionClock& session,
                 const LivePlaces& places = {}) noexcept
        : pipeline_(pipeline),
          merge_(std::move(merge)),
          rings_(std::move(rings)),
          n_streams_(std::move(n_streams)),
          out_(out),
          session_(session),
          places_(places) {}

    std::string_view name() const noexcept override { return "tonus-engine"; }
    ThreadWish thread_wish() const noexcept override;
    void enter() noexcept override;
    void leave() noexcept override;
    Next step() noexcept override;
    Doorbell& doorbell() noexcept override { return bell_; }
    // A device that does not ring, or one that gives the ticks and is silent.
    std::chrono::nanoseconds wait_at_most() const noexcept override {
        return std::chrono::milliseconds{50};
    }

    bool is_done() const noexcept { return done_.load(std::memory_order_acquire); }

    /// What its thread used from its first step to its last. Once it has left.
    const ThreadUsage& usage() const noexcept { return usage_; }

private:
    void end_streams() noexcept;

    Pipeline& pipeline_;
    StampMerge merge_;
    std::vector<const FrameRing*> rings_;
    std::vector<std::size_t> n_streams_;
    ResultPort& out_;
    const SessionClock& session_;
    LivePlaces places_;
    Doorbell bell_;
    std::optional<FlushDenormals> flush_;
    ThreadUsage usage_;
    std::atomic<bool> done_{false};
};

/// Takes results from a ring to one sink. It looks by itself, so that the engine never has to
/// call the system to wake it.
class SinkWorker final : public Worker {
public:
    SinkWorker(Sink& sink, ResultRing& ring, const EngineWorker& engine, std::span<const DeviceWorker* const> devices,
               const SessionClock& session) noexcept
        : sink_(sink), ring_(ring), engine_(engine), devices_(devices), session_(session) {}

    std::string_view name() const noexcept override { return sink_.name(); }
    Next step() noexcept override;
    Doorbell& doorbell() noexcept override { return bell_; }
    std::chrono::nanoseconds wait_at_most() const noexcept override {
        return std::chrono::milliseconds{20};
    }

private:
    Sink& sink_;
    ResultRing& ring_;
    const EngineWorker& engine_;
    std::span<const DeviceWorker* const> devices_;
    const SessionClock& session_;
    Doorbell bell_;
};

}  // namespace tonus
