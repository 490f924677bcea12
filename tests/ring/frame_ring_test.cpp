#include "engine/ring/frame_ring.hpp"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace tonus {
namespace {

std::vector<StreamInfo> two_streams() {
    StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}};
    emg.channels.resize(2);
    StreamInfo imu{.name = "imu", .kind = StreamKind::acceleration, .rate = {100, 1},
                   .type = SampleType::float32};
    imu.channels.resize(3);
    return {emg, imu};
}

std::vector<std::int32_t> counting(std::size_t n_frames, std::int32_t first) {
    std::vector<std::int32_t> samples(2 * n_frames);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = first + static_cast<std::int32_t>(i);
    return samples;
}

TEST(FrameRing, CarriesFramesOfSeveralStreamsAsTheyWereSent) {
    const std::vector<StreamInfo> streams = two_streams();
    FrameRing ring{streams, 1.0};
    FrameRing::Writer writer{ring};
    FrameRing::Reader reader{ring};
    const std::vector<std::int32_t> emg = counting(20, 5);
    const std::vector<float> imu{0.5f, -1.0f, 9.81f};
    ASSERT_TRUE(writer.push(0, 100, raw_frames<std::int32_t>(emg, 2), 777));
    ASSERT_TRUE(writer.push(1, 10, raw_frames<float>(imu, 3, 888), 777));

    std::optional<FrameRecord> record = reader.front();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->stream, 0u);
    EXPECT_EQ(record->first_index, 100u);
    EXPECT_EQ(record->frames.n_frames, 20u);
    EXPECT_EQ(record->frames.arrival_ns, 777) << "stamped by the host";
    EXPECT_EQ(record->frames.at(19, 1), 5.0 + 39.0);
    reader.pop();

    record = reader.front();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->stream, 1u);
    EXPECT_EQ(record->frames.arrival_ns, 888) << "its own stamp is kept";
    EXPECT_EQ(record->frames.at(0, 2), static_cast<double>(9.81f));
    reader.pop();
    EXPECT_FALSE(reader.front());
}

// The account must be exact: what a full ring refuses is known by number and place.
TEST(FrameRing, CountsEveryFrameItRefuses) {
    const std::vector<StreamInfo> streams = two_streams();
    FrameRing ring{streams, 0.1};
    FrameRing::Writer writer{ring};
    FrameRing::Reader reader{ring};
    const std::vector<std::int32_t> emg = counting(20, 0);
    std::uint64_t sent = 0, refused = 0, received = 0, overrun_told = 0, next_index = 0;
    for (int round = 0; round < 50; ++round) {
        for (int i = 0; i < 100 + 37 * round; ++i) {
            if (!writer.push(0, sent, raw_frames<std::int32_t>(emg, 2), 0)) refused += 20;
            sent += 20;
        }
        while (const std::optional<FrameRecord> record = reader.front()) {
            EXPECT_EQ(record->first_index, next_index + record->overrun_before);
            overrun_told += record->overrun_before;
            received += record->frames.n_frames;
            next_index = record->first_index + record->frames.n_frames;
            reader.pop();
        }
    }
    EXPECT_GT(refused, 0u);
    EXPECT_EQ(ring.overrun_frames(0), refused);
    EXPECT_EQ(received + refused, sent);
    // What was refused after the last record is in the total, and told by no record.
    EXPECT_EQ(overrun_told + (sent - next_index), refused);
}

TEST(FrameRing, SplitsAReadThatIsLargerThanARecord) {
    const std::vector<StreamInfo> streams = two_streams();
    FrameRing ring{streams, 0.1};
    FrameRing::Writer writer{ring};
    FrameRing::Reader reader{ring};
    const std::vector<std::int32_t> emg = counting(3000, 0);
    ASSERT_TRUE(writer.push(0, 0, raw_frames<std::int32_t>(emg, 2, 5), 0));
    std::uint64_t next = 0;
    while (const std::optional<FrameRecord> record = reader.front()) {
        ASSERT_EQ(record->first_index, next);
        EXPECT_EQ(record->frames.at(0, 0), 2.0 * static_cast<double>(next));
        EXPECT_EQ(record->frames.arrival_ns, 5);
        next += record->frames.n_frames;
        reader.pop();
    }
    EXPECT_EQ(next, 3000u);
}

}  // namespace
}  // namespace tonus
