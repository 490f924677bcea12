#include <gtest/gtest.h>

#include "drivers/ximu3/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

Bytes bytes_of(const std::string& text) {
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

void expect_inertial(const Bytes& bytes, const nlohmann::json& decoded) {
    ASSERT_EQ(ximu3::match_message(bytes, true).n_bytes, bytes.size());
    const auto sample = ximu3::decode_inertial(bytes);
    ASSERT_TRUE(sample.has_value());
    EXPECT_EQ(sample->time_us, decoded.at("timestamp_us"));
    for (std::size_t axis = 0; axis < 3; ++axis) {
        EXPECT_EQ(static_cast<double>(sample->gyro_deg_s[axis]), decoded.at("gyro_deg_s")[axis]);
        EXPECT_EQ(static_cast<double>(sample->acceleration_g[axis]), decoded.at("accel_g")[axis]);
    }
}

TEST(Ximu3Decoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const auto& vectors = all.at("ximu3");
    for (const auto& vector : vectors.at("binary")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        const bool is_inertial = vector.at("decoded").at("id") == "I";
        EXPECT_EQ(ximu3::decode_inertial(bytes).has_value(), is_inertial) << vector.at("decoded").at("id");
        if (is_inertial) expect_inertial(bytes, vector.at("decoded"));
    }
    expect_inertial(bytes_of(vectors.at("ascii")[0].at("text").get<std::string>()), vectors.at("ascii")[0].at("decoded"));
    Bytes invalid = test::from_hex(vectors.at("invalid_escape").at("hex").get<std::string>());
    invalid.push_back(std::byte{0x0A});
    EXPECT_FALSE(ximu3::decode_inertial(invalid).has_value());
}

TEST(Ximu3Decoder, RefusesDamagedText) {
    for (const char* text : {"I,1,2,3,4,5,6\n", "I,1,2,3,4,5,6,7,8\n", "I,1,2,3,x,5,6,7\n", "I,\n", "I\n", "\n", "I,1,2,3,4,5,6,7,\n"}) {
        EXPECT_FALSE(ximu3::decode_inertial(bytes_of(text)).has_value()) << text;
    }
    EXPECT_FALSE(ximu3::decode_inertial(bytes_of("I,1,2,3,nan,5,6,7\n")).has_value());
    EXPECT_TRUE(ximu3::decode_inertial(bytes_of("I,1,2,3,4,5,6,7\n")).has_value());
}

TEST(Ximu3Decoder, IsSound) {
    TONUS_NEEDS_VECTORS(all, "imus");
    std::vector<Bytes> good;
    for (const auto& vector : all.at("ximu3").at("binary")) {
        good.push_back(test::from_hex(vector.at("hex").get<std::string>()));
    }
    test::expect_a_sound_decoder(good, ximu3::kMessageBytesMax, ximu3::match_message);
}

TEST(Ximu3Device, NumbersSamplesByItsTime) {
    for (const char* rate : {"50", "100", "400"}) {
        EmulatedSession session{"ximu3", "lost=0.1"};
        const auto device = session.open(std::string{"rate="} + rate);
        EXPECT_EQ(device->streams()[0].device_id, "ximu3:0123-4567-89AB-CDEF");
        device->start();
        KeptFrames got;
        session.read(*device, got, 5.0);
        test::expect_true(got, session.truth);
        EXPECT_NEAR(static_cast<double>(got.count(0)), 0.9 * 5.0 * std::stoi(rate), 0.05 * 5.0 * std::stoi(rate));
    }
}

TEST(Ximu3Device, SaysWhatAnOldFirmwareRefuses) {
    EmulatedSession session{"ximu3", "binary=off"};
    try {
        session.open();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("binary_mode_enabled"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace tonus
