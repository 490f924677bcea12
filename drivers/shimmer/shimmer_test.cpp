#include <gtest/gtest.h>

#include "drivers/driver/wide_counter.hpp"
#include "drivers/shimmer/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

auto matcher(const shimmer::Layout& layout) {
    return [layout](std::span<const std::byte> front, bool in_step) { return shimmer::match_packet(front, in_step, layout); };
}

const nlohmann::json& named(const nlohmann::json& list, const std::string& name) {
    for (const auto& entry : list) {
        if (entry.at("name").get<std::string>().starts_with(name)) return entry;
    }
    throw std::out_of_range{name};
}

shimmer::Layout layout_of(const nlohmann::json& vectors) {
    const Bytes reply = test::from_hex(named(vectors.at("replies"), "inquiry").at("hex").get<std::string>());
    return shimmer::decode_inquiry(std::span{reply}.subspan(1)).value();
}

TEST(ShimmerDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "shimmer3");
    for (const auto& vector : vectors.at("crc_selftest")) {
        const unsigned crc = shimmer::crc16(test::from_hex(vector.at("hex").get<std::string>()));
        EXPECT_EQ(fmt::format("{:02x}{:02x}", crc & 0xFF, crc >> 8), vector.at("crc_le").get<std::string>());
    }
    shimmer::Layout layout = layout_of(vectors);
    const auto& inquiry = named(vectors.at("replies"), "inquiry").at("decoded");
    EXPECT_EQ(layout.divider, inquiry.at("divider"));
    EXPECT_EQ(layout.channels, inquiry.at("channel_ids").get<std::vector<std::uint8_t>>());

    const auto& decoded = vectors.at("data_packet").at("decoded");
    for (const char* form : {"data_packet", "data_packet_crc2"}) {
        layout.has_crc = std::string{form} == "data_packet_crc2";
        const Bytes bytes = test::from_hex(vectors.at(form).at("hex").get<std::string>());
        ASSERT_EQ(shimmer::match_packet(bytes, true, layout).n_bytes, bytes.size()) << form;
        EXPECT_EQ(shimmer::ticks_of(bytes), decoded.at("timestamp_ticks"));
        for (std::uint8_t axis = 0; axis < 3; ++axis) {
            EXPECT_EQ(shimmer::value_of(bytes, layout, static_cast<std::uint8_t>(shimmer::kGyroX + axis)), decoded.at("gyro_raw_xyz")[axis].get<int>());
        }
        EXPECT_EQ(shimmer::value_of(bytes, layout, shimmer::kExg1Status), decoded.at("exg1_status").get<int>());
        EXPECT_EQ(shimmer::value_of(bytes, layout, shimmer::kExg1Channel1), decoded.at("exg1_ch1_raw").get<int>());
        EXPECT_EQ(shimmer::value_of(bytes, layout, shimmer::kExg1Channel2), decoded.at("exg1_ch2_raw").get<int>());
        EXPECT_EQ(shimmer::value_of(bytes, layout, shimmer::kAccelerationX), std::nullopt);
    }
    for (const char* status : {"in-stream status, ack prefix on", "in-stream status, ack prefix off"}) {
        const Bytes bytes = test::from_hex(named(vectors.at("replies"), status).at("hex").get<std::string>());
        EXPECT_EQ(test::find_frames(bytes, 64, matcher(layout)).skipped, 0u) << status;
    }
}

TEST(ShimmerDecoder, TimesGoOnPastTheirTurn) {
    TONUS_NEEDS_VECTORS(vectors, "shimmer3");
    WideCounter ticks{std::uint64_t{1} << 24, Rate{32768, 1}};
    for (const auto& vector : vectors.at("timestamp_wrap")) {
        const auto before = ticks.widen(vector.at("prev").get<std::uint64_t>());
        ticks.arrived(vector.at("next").get<std::uint64_t>(), 1, 0);
        EXPECT_EQ(ticks.widen(vector.at("next").get<std::uint64_t>()).value() - before.value(), vector.at("delta_ticks"));
    }
}

TEST(ShimmerDecoder, IsSound) {
    TONUS_NEEDS_VECTORS(vectors, "shimmer3");
    for (const bool has_crc : {true, false}) {
        shimmer::Layout layout = layout_of(vectors);
        std::vector<Bytes> good;
        for (std::uint32_t i = 0; i < 20; ++i) {
            Bytes packet = test::from_hex(vectors.at("data_packet").at("hex").get<std::string>());
            for (std::size_t b = 0; b < 3; ++b) packet[1 + b] = static_cast<std::byte>(64 * i >> 8 * b);
            const unsigned crc = shimmer::crc16(packet);
            if (has_crc) test::append(packet, {static_cast<std::byte>(crc), static_cast<std::byte>(crc >> 8)});
            good.push_back(packet);
        }
        layout.has_crc = has_crc;
        test::expect_a_sound_decoder(good, shimmer::kPacketBytesMax, matcher(layout));
    }
}

TEST(ShimmerDevice, ReadsEveryVariant) {
    for (const char* variant : {"", "crc=off", "status=off"}) {
        for (const char* options : {"", "imu=off", "rate=1000"}) {
            EmulatedSession session{"shimmer", variant};
            const auto device = session.open(options);
            device->start();
            KeptFrames got;
            session.read(*device, got, 3.0);
            test::expect_true(got, session.truth);
            EXPECT_GT(got.count(0), 1450u) << variant << " " << options;
        }
    }
}

TEST(ShimmerDevice, StatesTheRateItReallyHasAndItsUnits) {
    TONUS_NEEDS_VECTORS(vectors, "shimmer3");
    EmulatedSession session{"shimmer"};
    const auto device = session.open("rate=1000");
    EXPECT_EQ(device->streams()[0].rate, (Rate{32768, 33}));
    const double volts = vectors.at("data_packet").at("decoded").at("exg1_ch1_V_gain12");
    EXPECT_NEAR(100000.0 * device->streams()[0].channels[0].scale, 1e6 * volts, 1e-9);
    device->start();
    KeptFrames got;
    session.read(*device, got, 1.0);
    const ChannelInfo& az = device->streams()[1].channels[2];
    EXPECT_GT(std::abs(got.all[1].begin()->second[2] * az.scale + az.offset) + std::abs(got.all[1].begin()->second[0] * az.scale + az.offset), 5.0)
        << "gravity is felt";
}

TEST(ShimmerDevice, CountsLossesByItsTimeStamps) {
    EmulatedSession session{"shimmer", "lost=0.1&corrupt=0.05"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 20.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 0.9 * 0.95 * 10240.0, 200.0);
}

TEST(ShimmerDevice, RefusesOtherHardware) {
    EmulatedSession session{"shimmer", "hardware=10"};
    try {
        session.open();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("only Shimmer3"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace tonus
