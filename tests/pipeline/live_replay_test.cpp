// Live, at 1x and at full speed: one seed gives one result, to the bit.

#include <gtest/gtest.h>

#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

constexpr const char* kUrl = "sim:?subject=5&task=demo&duration=6&loss=0.05&imu=on";

Session session_of(const std::string& url) {
    const auto device = open_device(url);
    return test::session_with_references(*device, {80, 80, 100, 100}, 2.5);
}

CollectingSink live(const std::string& url, const Session& session, VirtualClock* clock, std::uint64_t seed) {
    const auto device = open_device(url);
    Pipeline pipeline{device->streams(), session};
    CollectingSink sink;
    Device* const devices[] = {device.get()};
    Sink* const sinks[] = {&sink};
    run_live(devices, pipeline, sinks, {.virtual_clock = clock, .seed = seed});
    return sink;
}

TEST(LiveAndReplay, AgreeToTheBitOnRealThreads) {
    const Session session = session_of(kUrl);
    const CollectingSink offline = test::replay(kUrl, session);
    ASSERT_GT(offline.rows.size(), 500u);
    ASSERT_GT(offline.count(EventKind::gap), 0u) << "the losses are part of it";
    EXPECT_TRUE(same_bits(offline, live(kUrl, session, nullptr, 0)));
}

// A hundred schedules of the threads in the time of one: whoever is starved, nothing changes.
TEST(LiveAndReplay, AgreeForEveryScheduleOfTheThreads) {
    const Session session = session_of(kUrl);
    const CollectingSink offline = test::replay(kUrl, session);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        VirtualClock clock;
        EXPECT_TRUE(same_bits(offline, live(kUrl, session, &clock, seed))) << "schedule " << seed;
    }
}

// What the accelerometer says decides what the EMG is combed with: arrival stamps, not threads.
TEST(LiveAndReplay, AgreeUnderAVibrationInEverySchedule) {
    const std::string url = "sim:?subject=5&task=hold&duration=6&imu=on&vibration=30&vibration_at=1-5&loss=0.02";
    const auto device = open_device(url);
    const Session session = test::session_with_references(*device, {80, 80, 100, 100}, 2.5);
    const CollectingSink offline = test::replay(url, session);
    ASSERT_EQ(offline.count(EventKind::vibration), 1u);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        VirtualClock clock;
        EXPECT_TRUE(same_bits(offline, live(url, session, &clock, seed))) << "schedule " << seed;
    }
}

TEST(LiveAndReplay, AgreeForTwoDevicesInEverySchedule) {
    const std::vector<std::string> urls{"sim:?subject=5&task=demo&duration=4", "sim:?subject=6&task=reps&duration=4&rate=2000"};
    const auto open_both = [&urls] {
        std::vector<std::unique_ptr<Device>> devices;
        for (const std::string& url : urls) devices.push_back(open_device(url));
        return devices;
    };
    const auto run = [&](VirtualClock* clock, std::uint64_t seed) {
        const auto owned = open_both();
        std::vector<Device*> devices;
        std::vector<std::span<const StreamInfo>> streams;
        for (const auto& device : owned) {
            devices.push_back(device.get());
            streams.push_back(device->streams());
        }
        Session session = default_session(streams);
        for (std::size_t i = 0; i < session.channels.size(); ++i) {
            session.channels[i].name += "_" + std::to_string(i);
            session.channels[i].reference = MvcReference{.rest_uv = 2.5, .mvc_uv = 80.0};
        }
        Pipeline pipeline{streams, session};
        CollectingSink sink;
        Sink* const sinks[] = {&sink};
        if (clock == nullptr) run_offline(devices, pipeline, sinks);
        else run_live(devices, pipeline, sinks, {.virtual_clock = clock, .seed = seed});
        return sink;
    };
    const CollectingSink offline = run(nullptr, 0);
    ASSERT_GT(offline.rows.size(), 300u);
    EXPECT_EQ(offline.session.channels.size(), 8u);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        VirtualClock clock;
        EXPECT_TRUE(same_bits(offline, run(&clock, seed))) << "schedule " << seed;
    }
}

}  // namespace
}  // namespace tonus
