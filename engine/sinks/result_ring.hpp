#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "engine/ring/record_ring.hpp"
#include "engine/sinks/result.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// Where the pipeline puts its results: a sink itself offline, rings of sinks in a live run.
class ResultPort {
public:
    virtual ~ResultPort() = default;
    virtual void row(const ResultRow& row) noexcept = 0;
    virtual void event(const Event& event) noexcept = 0;
};

/// Carries rows and events, in their order, from the engine thread to one sink's.
///
/// Real time  the writing end does not allocate, wait or call the system; a full ring refuses
///            the newest and counts it. The engine is never slowed by a sink.
class ResultRing final : public ResultPort {
public:
    ResultRing(std::size_t n_channels, double seconds);

    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;

    /// Hands all that has come to the sink; returns false when there was nothing. The newest
    /// row's arrival is kept in newest_arrival_ns().
    bool drain(Sink& sink) noexcept;

    std::int64_t newest_arrival_ns() const noexcept { return newest_arrival_ns_; }
    std::uint64_t n_missed() const noexcept { return n_missed_.load(std::memory_order_relaxed); }

private:
    RecordRing bytes_;
    RecordRing::Writer writer_;
    RecordRing::Reader reader_;
    std::vector<ChannelResult> channels_;  // of the row being handed over
    std::int64_t newest_arrival_ns_ = -1;
    std::atomic<std::uint64_t> n_missed_{0};
};

}  // namespace tonus
