#include "engine/timeline/stream_timeline.hpp"

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr std::int64_t kMs = 1'000'000;

StreamInfo emg_1000() {
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}};
    stream.channels.resize(1);
    return stream;
}

FrameRecord record(std::uint64_t first, std::size_t n, std::int64_t arrival_ns, std::uint64_t overrun = 0) {
    return {.stream = 0,
            .first_index = first,
            .overrun_before = overrun,
            .frames = {.type = SampleType::int32, .n_channels = 1, .n_frames = n, .data = nullptr,
                       .arrival_ns = arrival_ns}};
}

TEST(StreamTimeline, CountsFromTheFirstFrameWhateverItsIndex) {
    StreamTimeline timeline{emg_1000()};
    EXPECT_EQ(timeline.place(record(5000, 20, 20 * kMs)).frame, 0u);
    EXPECT_EQ(timeline.place(record(5020, 20, 40 * kMs)).frame, 20u);
    EXPECT_EQ(timeline.ledger().lost_total(), 0u);
}

TEST(StreamTimeline, TellsTheDevicesLossFromOurs) {
    StreamTimeline timeline{emg_1000()};
    timeline.place(record(0, 20, 20 * kMs));
    const Placement placement = timeline.place(record(100, 20, 120 * kMs, 30));
    EXPECT_EQ(placement.n_gap_overrun, 30u);
    EXPECT_EQ(placement.n_gap_device, 50u);
    EXPECT_EQ(placement.frame, 100u);
    const LossLedger& ledger = timeline.ledger();
    EXPECT_EQ(ledger.received, 40u);
    EXPECT_EQ(ledger.emitted(), 120u);
    EXPECT_EQ(ledger.lost[static_cast<std::size_t>(GapCause::overrun)], 30u);
    EXPECT_EQ(ledger.lost[static_cast<std::size_t>(GapCause::device)], 50u);
}

// Unplugged is another cause than a loss on the way: other things are to be done about it.
TEST(StreamTimeline, TellsAnAbsenceFromALoss) {
    StreamTimeline timeline{emg_1000()};
    timeline.place(record(0, 20, 20 * kMs));
    FrameRecord back = record(4000, 20, 4020 * kMs);
    back.frames.after_absence = true;
    EXPECT_EQ(timeline.place(back).cause, GapCause::away);
    timeline.place(record(4030, 20, 4050 * kMs));
    const LossLedger& ledger = timeline.ledger();
    EXPECT_EQ(ledger.lost[static_cast<std::size_t>(GapCause::away)], 3980u);
    EXPECT_EQ(ledger.lost[static_cast<std::size_t>(GapCause::device)], 10u);
    EXPECT_EQ(ledger.emitted(), 4050u);
}

TEST(StreamTimeline, IgnoresFramesThatComeAgain) {
    StreamTimeline timeline{emg_1000()};
    timeline.place(record(0, 20, 20 * kMs));
    EXPECT_EQ(timeline.place(record(0, 20, 21 * kMs)).n_skip, 20u) << "the same packet again";
    const Placement half = timeline.place(record(10, 20, 40 * kMs));
    EXPECT_EQ(half.n_skip, 10u) << "half of it is new";
    EXPECT_EQ(half.frame, 20u);
    EXPECT_EQ(timeline.ledger().received, 30u);
    EXPECT_EQ(timeline.ledger().ignored, 30u);
    EXPECT_EQ(timeline.ledger().emitted(), 30u);
}

// A corrupt counter must not open a gap of years; after it the stream goes on as if nothing was.
TEST(StreamTimeline, DoesNotBelieveAJumpTheClockDoesNotAllow) {
    StreamTimeline timeline{emg_1000()};
    timeline.place(record(0, 20, 20 * kMs));
    EXPECT_EQ(timeline.place(record(std::uint64_t{1} << 40, 20, 40 * kMs)).n_skip, 20u);
    const Placement placement = timeline.place(record(40, 20, 60 * kMs));
    EXPECT_EQ(placement.n_gap(), 20u);
    EXPECT_EQ(placement.frame, 40u);
}

TEST(StreamTimeline, BelievesALongGapThatTheClockShows) {
    StreamTimeline timeline{emg_1000()};
    timeline.place(record(0, 20, 20 * kMs));
    EXPECT_EQ(timeline.place(record(3'600'000, 20, 3'600'000 * kMs)).n_gap(), 3'600'000u - 20u);
}

TEST(StreamTimeline, GoesOnAtTheClocksPlaceWhenADeviceCountsFromZeroAgain) {
    StreamTimeline timeline{emg_1000()};
    std::int64_t now_ms = 0;
    for (std::uint64_t i = 0; i < 500; ++i) timeline.place(record(i * 20, 20, (now_ms += 20) * kMs));
    // Power cycle: 3 s of silence, then the counter starts anew.
    now_ms += 3000;
    Placement placement;
    std::uint64_t index = 0;
    do {
        placement = timeline.place(record(index, 20, (now_ms += 20) * kMs));
        index += 20;
    } while (placement.n_skip == 20 && index < 10'000);
    ASSERT_LT(index, 10'000u) << "never believed again";
    EXPECT_NEAR(static_cast<double>(placement.frame), static_cast<double>(now_ms) - 20.0, 40.0);
}

// Property: whatever is lost, repeated or refused, the account is exact.
TEST(StreamTimeline, KeepsAnExactAccount) {
    Random random{3};
    for (int trial = 0; trial < 50; ++trial) {
        StreamTimeline timeline{emg_1000()};
        std::uint64_t index = 0, received = 0, lost = 0;
        for (int i = 0; i < 500; ++i) {
            const std::uint64_t n_lost = i > 0 && random.uniform() < 0.1 ? random.below(80) : 0;
            const std::uint64_t n_overrun = random.below(n_lost + 1);
            index += n_lost;
            lost += n_lost;
            timeline.place(record(index, 20, static_cast<std::int64_t>(index + 20) * kMs, n_overrun));
            if (random.uniform() < 0.05) timeline.place(record(index, 20, static_cast<std::int64_t>(index + 21) * kMs));
            index += 20;
            received += 20;
        }
        EXPECT_EQ(timeline.ledger().received, received);
        EXPECT_EQ(timeline.ledger().lost_total(), lost);
        EXPECT_EQ(timeline.next_frame(), received + lost);
    }
}

}  // namespace
}  // namespace tonus
