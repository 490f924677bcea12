#include <gtest/gtest.h>

#include "drivers/ngimu/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

/// The vectors hold the packet between its ends; as it is found, the end behind belongs to it.
Bytes packet_of(const nlohmann::json& vector) {
    Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
    bytes.erase(bytes.begin());
    return bytes;
}

TEST(NgimuDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const auto& vectors = all.at("ngimu_osc");
    const Bytes packet = packet_of(vectors.at("slip_bundle"));
    ASSERT_EQ(ngimu::match_packet(packet, true).n_bytes, packet.size());
    const auto found = ngimu::decode_sensors(packet);
    ASSERT_TRUE(found.has_value());
    const auto& decoded = vectors.at("udp_bundle").at("decoded")[0];
    EXPECT_EQ(static_cast<double>(found->time_tag) / 4294967296.0, decoded.at("ntp_seconds").get<double>());
    for (std::size_t axis = 0; axis < 3; ++axis) {
        EXPECT_EQ(static_cast<double>(found->gyro_deg_s[axis]), decoded.at("args")[axis].get<double>());
        EXPECT_EQ(static_cast<double>(found->acceleration_g[axis]), decoded.at("args")[3 + axis].get<double>());
    }
    Bytes other = test::from_hex(vectors.at("identify_command").get<std::string>());
    other.push_back(std::byte{0xC0});
    EXPECT_FALSE(ngimu::decode_sensors(other).has_value());
}

TEST(NgimuDecoder, RefusesEveryTruncatedPacket) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const Bytes packet = packet_of(all.at("ngimu_osc").at("slip_bundle"));
    for (std::size_t n = 1; n + 1 < packet.size(); ++n) {
        Bytes cut{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(n)};
        cut.push_back(std::byte{0xC0});
        // The bundle without its second message is whole.
        const bool is_whole = n == packet.size() - 1 - 40;
        EXPECT_EQ(ngimu::decode_sensors(cut).has_value(), is_whole) << n;
    }
}

TEST(NgimuDecoder, IsSound) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const std::vector<Bytes> good{packet_of(all.at("ngimu_osc").at("slip_bundle"))};
    test::expect_a_sound_decoder(good, ngimu::kPacketBytesMax, ngimu::match_packet);
}

TEST(NgimuDevice, NumbersSamplesByTheTimeOfTheirBundle) {
    for (const char* line : {"udp", "serial"}) {
        for (const int rate_hz : {50, 100, 400}) {
            EmulatedSession session{"ngimu", fmt::format("line={}&rate={}&lost=0.1&swapped=0.05&repeated=0.05", line, rate_hz)};
            const auto device = session.open("rate=" + std::to_string(rate_hz));
            device->start();
            KeptFrames got;
            session.read(*device, got, 5.0);
            test::expect_true(got, session.truth);
            EXPECT_NEAR(static_cast<double>(got.count(0)), 0.9 * 5.0 * rate_hz, 0.05 * 5.0 * rate_hz + 5.0) << line;
        }
    }
}

TEST(NgimuDevice, SaysAtWhichRateItSends) {
    EmulatedSession session{"ngimu", "rate=100"};
    try {
        session.open("rate=50");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("say rate=100"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace tonus
