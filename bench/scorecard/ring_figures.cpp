#include "bench/scorecard/ring_figures.hpp"

#include <cstring>

#include "engine/core/clock.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/core/worker.hpp"
#include "engine/ring/record_ring.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kFrameBytes = 64, kFramesPerRecord = 20;
constexpr std::size_t kRingBytes = 1 << 20;

/// Polls, and is done when told or when the time is over.
class PollingWorker : public Worker {
public:
    explicit PollingWorker(std::int64_t end_ns) : end_ns_(end_ns) {}

    std::string_view name() const noexcept override { return "tonus-ring"; }
    ThreadWish thread_wish() const noexcept override { return {.spins = true}; }
    Doorbell& doorbell() noexcept override { return bell_; }
    Next step() noexcept override {
        for (int i = 0; i < 1000; ++i) poll();
        return clock_.now_ns() < end_ns_ ? Next::again : Next::done;
    }

protected:
    virtual void poll() noexcept = 0;

private:
    SystemClock clock_;
    std::int64_t end_ns_;
    Doorbell bell_;
};

class Producer final : public PollingWorker {
public:
    Producer(RecordRing& ring, std::int64_t end_ns) : PollingWorker(end_ns), to_(ring) {}

private:
    void poll() noexcept override {
        const std::span<std::byte> room = to_.reserve(kFrameBytes * kFramesPerRecord);
        if (room.empty()) return;
        std::memset(room.data(), n_++ & 0x7f, room.size());
        to_.commit();
    }
    RecordRing::Writer to_;
    int n_ = 0;
};

class Consumer final : public PollingWorker {
public:
    Consumer(RecordRing& ring, std::int64_t end_ns) : PollingWorker(end_ns), from_(ring) {}
    double n_frames() const { return static_cast<double>(n_records_ * kFramesPerRecord); }

private:
    void poll() noexcept override {
        const std::span<const std::byte> record = from_.front();
        if (record.empty()) return;
        std::memcpy(frames_, record.data(), record.size());
        from_.pop();
        ++n_records_;
    }
    RecordRing::Reader from_;
    std::byte frames_[kFrameBytes * kFramesPerRecord];
    std::uint64_t n_records_ = 0;
};

/// Sends what comes on one ring back on the other; the one that serves begins.
class Player final : public PollingWorker {
public:
    Player(RecordRing& in, RecordRing& out, bool serves, std::int64_t end_ns) : PollingWorker(end_ns), from_(in), to_(out) {
        if (serves) send();
    }
    std::uint64_t n_passes() const { return n_passes_; }

private:
    void poll() noexcept override {
        if (from_.front().empty()) return;
        from_.pop();
        ++n_passes_;
        send();
    }
    void send() noexcept {
        to_.reserve(sizeof(std::uint64_t));
        to_.commit();
    }
    RecordRing::Reader from_;
    RecordRing::Writer to_;
    std::uint64_t n_passes_ = 0;
};

}  // namespace

std::optional<RingFigures> measure_ring(double seconds) {
    if (usable_cpus().size() < 2) return std::nullopt;
    const SystemClock clock;
    const auto end_after = [&](double s) { return clock.now_ns() + static_cast<std::int64_t>(1e9 * s); };
    RingFigures figures;
    {
        RecordRing ring{kRingBytes};
        Producer producer{ring, end_after(0.5 * seconds)};
        Consumer consumer{ring, end_after(0.5 * seconds)};
        run_on_threads(std::vector<Worker*>{&producer, &consumer});
        figures.frames_per_ms = consumer.n_frames() / (500.0 * seconds);
    }
    RecordRing there{kRingBytes}, back{kRingBytes};
    Player server{back, there, true, end_after(0.5 * seconds)};
    Player other{there, back, false, end_after(0.5 * seconds)};
    run_on_threads(std::vector<Worker*>{&server, &other});
    if (server.n_passes() > 0) figures.round_trip_ns = 0.5e9 * seconds / static_cast<double>(server.n_passes());
    return figures;
}

}  // namespace tonus::bench
