// What is told of a stream: the live pipeline and its offline twin tell it by the same account.

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/pipeline/stream_account.hpp"
#include "tests/support/collecting_sink.hpp"

namespace tonus {
namespace {

/// An account of 1000 Hz and the events it told.
struct Told {
    test::CollectingSink sink;
    StreamAccount account{StreamInfo{.name = "emg", .rate = {1000, 1}}, 3};

    /// 100 frames from `first_index` on, arriving as they end on a clock of `speed`.
    Placement take(std::uint64_t first_index, std::uint64_t n_refused = 0, double speed = 1.0) {
        const std::vector<double> samples(100, 0.0);
        const auto arrival_ns = static_cast<std::int64_t>(static_cast<double>(first_index + 100) * 1e6 * speed);
        return account.place({.stream = 0,
                              .first_index = first_index,
                              .overrun_before = n_refused,
                              .frames = raw_frames(std::span<const double>{samples}, 1, arrival_ns)},
                             sink);
    }
    const std::vector<Event>& events() const { return sink.events; }
};

TEST(StreamAccount, TellsWhatTheDeviceLostAndWhatTheRingRefused) {
    Told told;
    told.take(0);
    const Placement placement = told.take(150, 20);
    EXPECT_EQ(placement.frame, 150u);
    ASSERT_EQ(told.events().size(), 2u);
    EXPECT_EQ(told.events()[0].first_frame, 100u);
    EXPECT_EQ(told.events()[0].n_frames, 30u);
    EXPECT_EQ(told.events()[0].cause, GapCause::device);
    EXPECT_EQ(told.events()[0].stream, 3u);
    EXPECT_DOUBLE_EQ(told.events()[0].time_s, 0.1);
    EXPECT_EQ(told.events()[1].first_frame, 130u);
    EXPECT_EQ(told.events()[1].n_frames, 20u);
    EXPECT_EQ(told.events()[1].cause, GapCause::overrun);
}

TEST(StreamAccount, TheEndTellsWhatWasRefusedAfterTheLastRecord) {
    Told told;
    told.take(0);
    told.take(120, 20);
    told.account.end(50, told.sink);
    ASSERT_EQ(told.events().size(), 3u);
    EXPECT_EQ(told.events()[1].n_frames, 30u);
    EXPECT_EQ(told.events()[1].first_frame, 220u);
    EXPECT_EQ(told.events()[2].kind, EventKind::ended);
    EXPECT_DOUBLE_EQ(told.events()[2].time_s, 0.25);
    EXPECT_EQ(told.account.timeline().ledger().lost[static_cast<std::size_t>(GapCause::overrun)], 50u);
}

TEST(StreamAccount, AWrongRateIsToldOnce) {
    Told right, wrong;
    for (std::uint64_t i = 0; i < 1200; ++i) {
        right.take(100 * i);
        wrong.take(100 * i, 0, 1.01);
    }
    EXPECT_TRUE(right.events().empty());
    ASSERT_EQ(wrong.events().size(), 1u);
    EXPECT_EQ(wrong.events()[0].kind, EventKind::rate_mismatch);
    EXPECT_NEAR(std::abs(wrong.events()[0].value), 10'000.0, 500.0);
}

}  // namespace
}  // namespace tonus
