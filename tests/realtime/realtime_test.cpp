// The engine thread allocates nothing, takes no lock and calls no system after set-up: the whole
// pipeline is run, with every kind of fault, under a guard that sees the first offence.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/core/doorbell.hpp"
#include "engine/pipeline/live_workers.hpp"
#include "tests/realtime/realtime_guard.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

using test::forget_offences;
using test::offences;
using test::RealtimeGuard;

/// What one thing does under the guard.
template <class Work>
std::string first_offence(Work work) {
    forget_offences();
    {
        const RealtimeGuard guard;
        work();
    }
    return offences().first;
}

// A guard that sees nothing proves nothing.
TEST(RealtimeGuard, SeesWhatIsForbidden) {
    std::unique_ptr<std::vector<double>> kept = std::make_unique<std::vector<double>>(10);
    std::unique_ptr<std::vector<double>> made;
    std::mutex mutex;
    Doorbell bell;
    EXPECT_EQ(first_offence([&] { made = std::make_unique<std::vector<double>>(100); }), "malloc");
    EXPECT_EQ(first_offence([&] { kept.reset(); }), "free");
    EXPECT_EQ(first_offence([&] { const std::lock_guard lock{mutex}; }), "pthread_mutex_lock");
    EXPECT_EQ(first_offence([&] { bell.wait(bell.count(), std::chrono::microseconds{1}); }), "syscall");
    EXPECT_EQ(first_offence([&] { (void)!::write(1, "", 0); }), "write");
    EXPECT_EQ(first_offence([] {}), "none");
}

/// Results as they are in a live session, to be emptied outside the guard.
class NoSink final : public Sink {
public:
    std::string_view name() const noexcept override { return "none"; }
    void begin(const SessionInfo&) override {}
    void row(const ResultRow&) noexcept override { ++n_rows; }
    void event(const Event&) noexcept override { ++n_events; }
    void end(const RunSummary&) override {}
    std::size_t n_rows = 0, n_events = 0;
};

class Realtime : public testing::TestWithParam<const char*> {};

TEST_P(Realtime, TheEngineNeitherAllocatesNorLocksNorCallsTheSystem) {
    const std::unique_ptr<Device> device = open_device(GetParam());
    const Session session = test::session_with_references(*device, {80, 80, 100, 100}, 2.5);
    Pipeline pipeline{device->streams(), session};
    // Small, so that it overruns too.
    FrameRing ring{device->streams(), 0.5};
    RingSink to_ring{ring};
    std::vector<FrameRing::Reader> readers;
    readers.emplace_back(ring);
    ResultRing results{session.channels.size(), 30.0};
    VirtualClock clock;
    const SessionClock session_clock{clock, nullptr, 1e9};
    EngineWorker engine{pipeline, StampMerge{std::move(readers)}, {&ring}, {device->streams().size()}, results, session_clock};
    NoSink sink;

    forget_offences();
    Next next = Next::again;
    for (int step = 0; next != Next::done; ++step) {
        // Now and then the engine is held up for six seconds.
        const int n_reads = step % 50 == 49 ? 300 : 3;
        for (int i = 0; i < n_reads; ++i) {
            if (device->read(to_ring, std::chrono::milliseconds{0}) == ReadStatus::ended) to_ring.finish();
        }
        {
            const RealtimeGuard guard;
            next = engine.step();
        }
        results.drain(sink);
    }
    EXPECT_EQ(offences().count, 0u) << "the first: " << offences().first;
    EXPECT_GT(sink.n_rows, 1000u);
    EXPECT_GT(pipeline.summary().streams[0].ledger.lost[static_cast<std::size_t>(GapCause::overrun)], 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, Realtime,
    testing::Values("sim:?task=demo&duration=60", "sim:?task=reps&duration=60&channels=16&rate=2000&ecg=on&mains=50&imu=on&vibration=25&vibration_at=10-40",
                    "sim:?task=demo&duration=60&loss=0.2&gap=3-3.05,5-9&lead_off=MF_L@4-7&saturate=LT_L@5-6&flat=LT_R@11-14",
                    "sim:?task=demo&duration=60&float=on&nan=MF_L@3-4,LT_R@5-5.02&rate=250&spikes=2"));

}  // namespace
}  // namespace tonus
