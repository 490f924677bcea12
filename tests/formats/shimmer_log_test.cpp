// Logs of a Shimmer3's SD card: a real one against the maker's own export of it, and written ones with what that
// has not: EXG, sync, other boards.

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

constexpr std::uint32_t kExg1 = 1u << 4, kGyro = 1u << 6, kMag = 1u << 5, kBattery = 1u << 13, kAltAccel = 1u << 22;

/// The head of a log at 512 Hz, EMG preset.
std::string log_head(std::uint32_t sensors, bool sync = false) {
    std::string head(256, '\0');
    head[0] = 64;
    for (std::size_t i = 0; i < 3; ++i) head[3 + i] = static_cast<char>(sensors >> (8 * i));
    head[0x10] = sync ? 4 : 0;
    head[0x1f] = 3;
    head[0x23] = 3;
    head.replace(0x38, 10, std::string{"\x02\xa0\x10\x69\x60\x20\x00\x00\x02\x03", 10});
    // Gyro: no offset, 65.5 per deg/s times 100, X = -Y, Y = -X, Z = -Z.
    head.replace(97, 21, std::string{"\0\0\0\0\0\0\x19\x96\x19\x96\x19\x96\0\x9c\0\x9c\0\0\0\0\x9c", 21});
    return head;
}

std::string clock(std::uint32_t ticks) { return {static_cast<char>(ticks), static_cast<char>(ticks >> 8), static_cast<char>(ticks >> 16)}; }

/// The packet of the protocol's page: gyro 655, -1310, 0; EXG 0x80, 100000, -100000.
std::string packet(std::uint32_t ticks) { return clock(ticks) + std::string{"\x02\x8f\xfa\xe2\x00\x00\x80\x01\x86\xa0\xfe\x79\x60", 13}; }

double value(const Recording& read, std::size_t stream, std::size_t channel, std::size_t frame) {
    const ChannelInfo& info = read.infos.at(stream).channels.at(channel);
    return read.channel(stream, channel).at(frame) * info.scale + info.offset;
}

TEST(ShimmerLog, IsTheExampleOfTheProtocolPage) {
    const Recording read = read_bytes("log.bin", log_head(kExg1 | kGyro) + packet(1193046) + packet(1193046 + 64));

    EXPECT_EQ(read.facts.format, "Shimmer3 log");
    ASSERT_EQ(read.infos.size(), 3u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::angular_rate);
    EXPECT_EQ(read.infos[0].rate, (Rate{512, 1}));
    const double deg_s = 180.0 / std::numbers::pi;
    EXPECT_NEAR(value(read, 0, 0, 0) * deg_s, 20.0, 1e-9) << "10, -20, 0 on the sensor's axes";
    EXPECT_NEAR(value(read, 0, 1, 0) * deg_s, -10.0, 1e-9);
    EXPECT_NEAR(value(read, 0, 2, 0) * deg_s, 0.0, 1e-9);
    EXPECT_EQ(read.labels(1), (Labels{"EXG1 status"}));
    EXPECT_EQ(read.channel(1, 0), (Values{128, 128}));
    EXPECT_EQ(read.infos[2].kind, StreamKind::emg);
    EXPECT_EQ(read.labels(2), (Labels{"EXG1 CH1", "EXG1 CH2"}));
    EXPECT_NEAR(value(read, 2, 0, 0), 2.40405, 1e-5);
    EXPECT_NEAR(value(read, 2, 1, 1), -2.40405, 1e-5);
    EXPECT_EQ(read.trouble, "");
}

TEST(ShimmerLog, WhatTheClockLeavesOutIsAHole) {
    std::string log = log_head(kExg1 | kGyro);
    for (const std::uint32_t sample : {0u, 1u, 2u, 5u, 6u, 7u}) log += packet((0xffff80 + 64 * sample) & 0xffffff);  // the clock turns over on the way
    const Recording read = read_bytes("log.bin", log);
    EXPECT_EQ(read.streams.at(2).index, (std::vector<std::uint64_t>{0, 1, 2, 5, 6, 7}));
    EXPECT_EQ(read.channel(2, 0), Values(6, 100000.0));
    EXPECT_EQ(read.facts.duration_s, 8.0 / 512.0);
}

// Blocks of up to 512 bytes, each with nine bytes of the master's clock in front.
TEST(ShimmerLog, ASynchronisedLogHasAClockBeforeEveryBlock) {
    std::string log = log_head(kBattery, true);
    const std::uint32_t n_per_block = (512 - 9) / 5;
    for (std::uint32_t i = 0; i < 250; ++i) {
        if (i % n_per_block == 0) log += std::string(9, '\xee');
        log += clock(64 * i) + std::string{static_cast<char>(i), '\x0b'};
    }
    const Recording read = read_bytes("log.bin", log);
    ASSERT_EQ(read.n_frames(), 250u);
    for (std::size_t i = 0; i < 250; ++i) EXPECT_EQ(read.channel(0, 0)[i], static_cast<double>(i + 0x0b00));
    EXPECT_EQ(read.trouble, "");
    EXPECT_TRUE(contains(read.notes(), "another Shimmer")) << read.notes();
}

TEST(ShimmerLog, WhatIsNotKnownIsRefusedByNameWithTheMend) {
    const std::string samples = packet(0) + packet(64);
    const auto refused = [&](std::string head, const std::vector<std::string>& parts) {
        expect_error(ErrorKind::input, parts, [&] { read_bytes("log.bin", head + samples); });
    };
    std::string head = log_head(kExg1);
    head[0x1f] = 10;
    refused(head, {"log.bin", "Shimmer3R", "Consensys"});
    refused(log_head(kAltAccel | kExg1), {"log.bin", "sensor bit 22", "Consensys"});
    refused(log_head(0), {"log.bin", "no sensor", "Consensys"});
    refused(log_head(kMag), {"log.bin", "no sensor"});
    std::string noise = log_head(kExg1);
    for (int i = 0; i < 2000; ++i) noise += static_cast<char>(i * i * 31 >> 3);
    refused(noise, {"log.bin", "byte 256", "do not step by 64", "Consensys"});
}

TEST(ShimmerLog, CutAnywhereItKeepsTheSamplesBefore) {
    std::string log = log_head(kExg1 | kGyro | kMag);
    for (std::uint32_t i = 0; i < 6; ++i) {
        const std::string all = packet(64 * i);
        log += all.substr(0, 9) + "mmmmmm" + all.substr(9);
    }
    for (std::size_t size = 1; size < log.size(); ++size) {
        try {
            const Recording read = read_bytes("log.bin", log.substr(0, size));
            EXPECT_EQ(read.channel(2, 0), Values(read.streams[2].n_frames(), 100000.0));
            EXPECT_EQ(read.trouble.empty(), (size - 256) % 22 == 0 && size > 256) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "log.bin")) << error.what();
        }
    }
}

// SOURCE.md: "the same PPG recording as Shimmer binary log and as Consensys export: ground truth for each other".
TEST(ShimmerLog, TheRealLogIsItsExportToTheCount) {
    TONUS_NEEDS_SHARED(folder, "data/10_shimmer");
    const Recording log = test::read_all(system_files(), (folder / "pair_raw.bin").string());
    const Recording csv = test::read_all(system_files(), (folder / "pair_consensys.csv").string());

    ASSERT_EQ(log.labels(1), (Labels{"Battery", "Int A13"}));
    ASSERT_EQ(csv.labels(0), (Labels{"PPG_A13"}));
    EXPECT_EQ(log.channel(1, 1), csv.channel(0, 0));
    EXPECT_EQ(log.streams[1].index, csv.streams[0].index) << "the same holes";
    EXPECT_NEAR(csv.infos[0].rate.hz() / log.infos[1].rate.hz(), 1.0, 1e-6);
    EXPECT_EQ(log.infos[1].rate, (Rate{32768, 65}));
    const double x = value(log, 0, 0, 700), y = value(log, 0, 1, 700), z = value(log, 0, 2, 700);
    EXPECT_NEAR(std::sqrt(x * x + y * y + z * z), 9.8, 1.5) << "it lay still: only gravity";
}

TEST(ShimmerLog, AConsensysExportOfSeveralSensorsSaysWhatEachIs) {
    const Recording read = read_bytes("c.csv", "\"sep=\t\"\nS1_Timestamp_Unix_CAL\tS1_EMG_CH1_24BIT_CAL\tS1_ECG_LL_RA_24BIT_CAL\tS1_Accel_LN_X_CAL\tS1_PPG_A13_UNCAL\t\nms\tmV\tmV\tm/(s^2)\tno_units\t\n"
                                               "1000\t1\t2\t3\t4\t\n1002\t1\t2\t3\t4\t\n1004\t1\t2\t3\t4\t\n");
    EXPECT_EQ(read.facts.format, "Shimmer Consensys CSV");
    ASSERT_EQ(read.infos.size(), 4u);
    EXPECT_EQ(read.labels(0), (Labels{"EMG_CH1_24BIT"}));
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[1].kind, StreamKind::ecg);
    EXPECT_EQ(read.infos[2].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[2].channels[0].unit, "m/s^2");
    EXPECT_EQ(read.infos[3].kind, StreamKind::other);
    EXPECT_EQ(read.infos[0].rate, (Rate{500, 1}));
}

}  // namespace
}  // namespace tonus
