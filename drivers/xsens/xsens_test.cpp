#include <gtest/gtest.h>

#include "drivers/xsens/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

void expect_values(const nlohmann::json& value, std::span<const float> got) {
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(static_cast<double>(got[i]), value[i].get<double>());
}

TEST(XsensDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const auto& vectors = all.at("xsens_xbus");
    for (const auto& vector : vectors.at("messages")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        EXPECT_EQ(xsens::match_message(bytes, true).n_bytes, bytes.size()) << vector.at("name");
    }
    const Bytes data = test::from_hex(vectors.at("mtdata2").at("hex").get<std::string>());
    ASSERT_EQ(xsens::match_message(data, true).n_bytes, data.size());
    const xsens::Measurement found = xsens::decode_measurement(xsens::payload_of(data));
    EXPECT_TRUE(found.whole);
    for (const auto& item : vectors.at("mtdata2").at("decoded")) {
        const std::string name = item.at("name");
        if (name == "packet_counter") {
            EXPECT_EQ(found.counter, item.at("value").get<std::uint16_t>());
        }
        if (name == "sample_time_fine_100us") {
            EXPECT_EQ(found.time_100us, item.at("value").get<std::uint32_t>());
        }
        if (name == "quaternion_wxyz") expect_values(item.at("value"), found.quaternion.value());
        if (name == "acceleration_m_s2") expect_values(item.at("value"), found.acceleration.value());
        if (name == "rate_of_turn_rad_s") expect_values(item.at("value"), found.angular_rate.value());
    }
    const Bytes extended = test::from_hex(vectors.at("mtdata2_extended_length").at("hex").get<std::string>());
    ASSERT_EQ(xsens::match_message(extended, true).n_bytes, extended.size());
    EXPECT_EQ(xsens::payload_of(extended).size(), vectors.at("mtdata2_extended_length").at("payload_length"));
    const Bytes bad = test::from_hex(vectors.at("bad_checksum").at("hex").get<std::string>());
    EXPECT_EQ(xsens::match_message(bad, true).kind, FrameMatch::Kind::no_frame);
}

TEST(XsensDecoder, MakesMessagesAsTheVectors) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const auto& messages = all.at("xsens_xbus").at("messages");
    EXPECT_EQ(xsens::make_message(xsens::Id::go_to_config), test::from_hex(messages[0].at("hex").get<std::string>()));
    EXPECT_EQ(xsens::make_message(xsens::Id::go_to_measurement), test::from_hex(messages[2].at("hex").get<std::string>()));
    EXPECT_EQ(xsens::make_message(xsens::Id::request_device_id), test::from_hex(messages[4].at("hex").get<std::string>()));
}

TEST(XsensDecoder, IsSound) {
    std::vector<Bytes> good;
    for (std::uint8_t i = 0; i < 20; ++i) {
        const std::array<std::uint8_t, 8> payload{0xFA, 0xFF, i, 0x36, 0xFF, 0xFA, 0x00, i};
        good.push_back(xsens::make_message(xsens::Id::data, payload));
    }
    test::expect_a_sound_decoder(good, xsens::kMessageBytesMax, xsens::match_message);
}

TEST(XsensDevice, MeasuresAtTheRateItWasAskedFor) {
    for (const int rate_hz : {20, 100, 400}) {
        EmulatedSession session{"xsens"};
        const auto device = session.open("rate=" + std::to_string(rate_hz));
        EXPECT_EQ(device->streams()[0].device_id, "xsens:12345678");
        device->start();
        KeptFrames got;
        session.read(*device, got, 5.0);
        test::expect_true(got, session.truth);
        EXPECT_NEAR(static_cast<double>(got.count(2)), 5.0 * rate_hz, 0.05 * 5.0 * rate_hz + 2.0);
    }
}

TEST(XsensDevice, SaysWhatAModelCannotDo) {
    EmulatedSession slow{"xsens", "rate_max=100"};
    try {
        slow.open("rate=400");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("say rate=100"), std::string::npos) << error.what();
    }
    EmulatedSession bare{"xsens", "model=bare"};
    EXPECT_THROW(bare.open(), Error);
}

TEST(XsensDevice, CountsLossesExactly) {
    EmulatedSession session{"xsens", "lost=0.1&corrupt=0.02&repeated=0.05"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 30.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 0.9 * 0.98 * 3000.0, 100.0);
}

}  // namespace
}  // namespace tonus
