#include "engine/timeline/stamp_merge.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

struct Devices {
    std::vector<StreamInfo> streams;
    std::vector<std::unique_ptr<FrameRing>> rings;
    std::vector<FrameRing::Writer> writers;
    std::unique_ptr<StampMerge> merge;

    explicit Devices(std::size_t n, const std::vector<std::int64_t>& delays = {}) {
        StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}};
        stream.channels.resize(1);
        streams.push_back(stream);
        std::vector<FrameRing::Reader> readers;
        for (std::size_t i = 0; i < n; ++i) {
            rings.push_back(std::make_unique<FrameRing>(streams, 1.0));
            writers.emplace_back(*rings.back());
            readers.emplace_back(*rings.back());
        }
        merge = std::make_unique<StampMerge>(std::move(readers), delays);
    }

    void push(std::size_t device, std::int64_t stamp) {
        const std::int32_t sample = 0;
        writers[device].push(0, 0, raw_frames<std::int32_t>({&sample, 1}, 1, stamp), 0);
    }
};

TEST(StampMerge, HandsOutByArrivalAcrossDevices) {
    Devices devices{2};
    devices.push(0, 10);
    devices.push(0, 30);
    devices.push(1, 20);
    devices.writers[0].finish();
    devices.writers[1].finish();
    std::vector<std::int64_t> stamps;
    while (const std::optional<MergedRecord> merged = devices.merge->front()) {
        stamps.push_back(merged->record.frames.arrival_ns);
        devices.merge->pop();
    }
    EXPECT_EQ(stamps, (std::vector<std::int64_t>{10, 20, 30}));
    EXPECT_TRUE(devices.merge->finished());
}

TEST(StampMerge, WaitsForADeviceThatMayStillBringAnEarlierRecord) {
    Devices devices{2};
    devices.push(0, 10);
    EXPECT_FALSE(devices.merge->front()) << "device 1 was not heard yet";
    devices.writers[1].heard_until(5);
    EXPECT_FALSE(devices.merge->front());
    devices.writers[1].heard_until(11);
    ASSERT_TRUE(devices.merge->front());
    EXPECT_EQ(devices.merge->front()->device, 0u);
}

// A device whose frames are stamped as they are pushed cannot bring an earlier stamp than now: there is
// nothing to wait for, unless it is just taking one.
// Device 1 shows everything 15 later: what it stamps 20 happened at 5.
TEST(StampMerge, TakesBackWhatALinkIsKnownToDelay) {
    Devices devices{2, {0, 15}};
    devices.push(0, 6);
    devices.writers[1].heard_until(20);
    EXPECT_FALSE(devices.merge->front()) << "device 1 may still tell of 5";
    devices.push(1, 20);
    ASSERT_TRUE(devices.merge->front());
    EXPECT_EQ(devices.merge->front()->device, 1u);
    EXPECT_EQ(devices.merge->front()->record.frames.arrival_ns, 5);
    devices.merge->pop();
    devices.writers[1].heard_until(22);
    ASSERT_TRUE(devices.merge->front());
    EXPECT_EQ(devices.merge->front()->record.frames.arrival_ns, 6);
    devices.merge->pop();
    devices.push(1, 3);
    devices.push(0, 0);
    devices.writers[0].finish();
    devices.writers[1].finish();
    EXPECT_EQ(devices.merge->front()->record.frames.arrival_ns, 0) << "no moment lies before the session";
}

TEST(StampMerge, KnowsByTheClockWhatCanNoLongerCome) {
    Devices devices{2};
    devices.writers[1].end_stamping();
    devices.push(0, 10);
    EXPECT_FALSE(devices.merge->front(10)) << "its stamp could still be 10";
    EXPECT_TRUE(devices.merge->front(11));
    devices.writers[1].begin_stamping();
    EXPECT_FALSE(devices.merge->front(11)) << "it may have read its clock already";
    devices.push(1, 9);
    devices.writers[1].end_stamping();
    ASSERT_TRUE(devices.merge->front(12));
    EXPECT_EQ(devices.merge->front(12)->device, 1u);
}

TEST(StampMerge, LetsASingleDeviceThroughAtOnce) {
    Devices devices{1};
    devices.push(0, 10);
    EXPECT_TRUE(devices.merge->front());
}

// The order must be that of the stamps whatever the interleaving of threads.
TEST(StampMerge, GivesTheSameOrderForEverySchedule) {
    std::vector<std::vector<std::pair<std::size_t, std::int64_t>>> orders;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Devices devices{3};
        Random random{seed};
        std::vector<std::int64_t> next(3, 0);
        std::vector<std::pair<std::size_t, std::int64_t>> order;
        std::size_t n_finished = 0;
        std::vector<bool> finished(3, false);
        while (!devices.merge->finished()) {
            const std::size_t d = random.below(3);
            if (!finished[d]) {
                // Device d sends every 3 + d ms, 100 times; between reads it says how far it heard.
                const auto step = static_cast<std::int64_t>(3 + d);
                next[d] += step;
                devices.push(d, next[d]);
                devices.writers[d].heard_until(next[d]);
                if (next[d] >= 100 * step) {
                    devices.writers[d].finish();
                    finished[d] = true;
                    ++n_finished;
                }
            }
            while (const std::optional<MergedRecord> merged = devices.merge->front()) {
                order.emplace_back(merged->device, merged->record.frames.arrival_ns);
                devices.merge->pop();
            }
        }
        ASSERT_EQ(n_finished, 3u);
        ASSERT_EQ(order.size(), 300u);
        orders.push_back(order);
    }
    for (const auto& order : orders) EXPECT_EQ(order, orders[0]);
}

}  // namespace
}  // namespace tonus
