// A recording played in part, over and over, faster and slower, and beside others.

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/scaled_clock.hpp"
#include "engine/pipeline/excerpt_device.hpp"
#include "engine/pipeline/looped_device.hpp"
#include "engine/pipeline/marked_device.hpp"
#include "tests/formats/collect.hpp"
#include "tests/support/simulated_session.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using test::CollectFrames;
using test::CollectingSink;

constexpr const char* kUrl = "sim:?subject=5&task=demo&duration=6&loss=0.05&imu=on";

/// Every frame of a device, as it is played.
std::vector<CollectFrames::Stream> frames_of(Device& device) {
    CollectFrames frames{device.streams()};
    device.start();
    while (device.read(frames, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    device.stop();
    return frames.streams();
}

class ReplayParts : public test::TempFolder {
protected:
    /// 1000 rows a second whose value is their number, from 4.0 to 4.5 s missing.
    std::string counting(const std::string& name, int n) const {
        std::string text = "time_s,a[mV]\n";
        for (int i = 0; i < n; ++i) {
            if (i < 4000 || i >= 4500) text += std::to_string(i / 1000.0) + "," + std::to_string(i) + "\n";
        }
        write(name, text);
        return "file:" + path(name);
    }
};

TEST_F(ReplayParts, AnExcerptCountsFromItsBeginning) {
    ExcerptDevice part{open_device(counting("a.csv", 6000)), 1.5, 4.75, "a.csv"};
    const CollectFrames::Stream frames = frames_of(part).at(0);
    ASSERT_EQ(frames.n_frames(), 2500u + 250u);
    EXPECT_EQ(frames.index.front(), 0u);
    EXPECT_EQ(frames.samples.front(), 1500.0);
    EXPECT_EQ(frames.index.back(), 3249u);
    EXPECT_EQ(frames.samples.back(), 4749.0);
    EXPECT_EQ(frames.index[2500], 3000u) << "the hole of the recording is where it was";
    EXPECT_NEAR(static_cast<double>(frames.arrival_ns.back()) * 1e-9, 3.25, 0.002);
}

TEST_F(ReplayParts, AnExcerptOfNothingIsRefused) {
    EXPECT_THROW((ExcerptDevice{open_device(counting("a.csv", 6000)), 3.0, 3.0, "a.csv"}), Error);
}

TEST_F(ReplayParts, RoundsOfALoopAreApartAndKeepTheirPeriod) {
    const std::string url = counting("a.csv", 6000);
    const double length_s = recording_length_s(*open_device(url));
    EXPECT_NEAR(length_s, 6.0, 1e-6);
    LoopedDevice loop{[&] { return open_device(url); }, length_s + LoopedDevice::kSeamS, 3};
    const CollectFrames::Stream frames = frames_of(loop).at(0);
    ASSERT_EQ(frames.n_frames(), 3u * 5500u);
    for (std::size_t i = 0; i < frames.n_frames(); ++i) {
        const std::size_t round = i / 5500;
        ASSERT_EQ(frames.index[i], round * 6010 + static_cast<std::uint64_t>(frames.samples[i])) << "frame " << i;
    }
}

// Two recordings in one loop begin every round together.
TEST_F(ReplayParts, TheShorterOfTwoWaitsForTheLonger) {
    const std::string url = counting("short.csv", 2000);
    LoopedDevice loop{[&] { return open_device(url); }, 6.01, 2};
    const CollectFrames::Stream frames = frames_of(loop).at(0);
    ASSERT_EQ(frames.n_frames(), 4000u);
    EXPECT_EQ(frames.index[2000], 6010u);
}

// The pace is the clock's alone: ten times as fast, or at a quarter, the results are the same bits.
TEST(ReplaySpeed, ChangesNothingButTheTime) {
    const auto opened = open_device(kUrl);
    const Session session = test::session_with_references(*opened, {80, 80, 100, 100}, 2.5);
    const CollectingSink full = test::replay(kUrl, session);
    ASSERT_GT(full.count(EventKind::gap), 0u) << "the losses are part of it";
    for (const double speed : {0.25, 1.0, 10.0}) {
        const auto device = open_device(kUrl);
        Pipeline pipeline{device->streams(), session};
        CollectingSink sink;
        Device* const devices[] = {device.get()};
        Sink* const sinks[] = {&sink};
        VirtualClock clock;
        run_live(devices, pipeline, sinks, {.speed = speed, .virtual_clock = &clock});
        EXPECT_TRUE(same_bits(full, sink)) << speed;
        EXPECT_NEAR(static_cast<double>(clock.now_ns()) * 1e-9, 6.0 / speed, 0.3 / speed + 0.1) << speed;
    }
}

TEST(ReplaySpeed, BeyondWhatIsSensibleIsRefused) {
    const auto device = open_device(kUrl);
    Pipeline pipeline{device->streams(), test::session_with_references(*device, {80}, 2.5)};
    Device* const devices[] = {device.get()};
    EXPECT_THROW(run_live(devices, pipeline, {}, {.speed = 0.0}), Error);
    EXPECT_THROW(run_live(devices, pipeline, {}, {.speed = 1e6}), Error);
}

TEST(ScaledClockTest, RunsAsManyTimesAsFast) {
    VirtualClock clock;
    clock.advance(std::chrono::seconds{5});
    const ScaledClock fast{clock, 10.0};
    clock.advance(std::chrono::seconds{2});
    EXPECT_EQ(fast.now_ns(), 25'000'000'000);
}

// A recording that began later than the one beside it is later on the common timeline.
TEST_F(ReplayParts, ARecordingMayBeginLaterThanOthers) {
    const auto device = open_device(counting("a.csv", 1000) + "?begin=2.5");
    const CollectFrames::Stream frames = frames_of(*device).at(0);
    EXPECT_EQ(frames.index.front(), 0u);
    EXPECT_NEAR(static_cast<double>(frames.arrival_ns.back()) * 1e-9, 2.5 + 0.999, 1e-6);
}

}  // namespace
}  // namespace tonus
