#include <gtest/gtest.h>

#include "drivers/witmotion/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;
using witmotion::Type;

const ChannelInfo& channel(const Device& device, std::size_t stream) { return device.streams()[stream].channels[0]; }

TEST(WitmotionDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(all, "imus");
    EmulatedSession session{"witmotion"};
    const auto device = session.open();
    for (const auto& vector : all.at("witmotion").at("frames")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        ASSERT_EQ(witmotion::match_frame(bytes, true).n_bytes, bytes.size());
        const auto words = witmotion::words_of(bytes);
        const auto& decoded = vector.at("decoded");
        const std::string type = decoded.at("type");
        if (type == "time") {
            EXPECT_EQ(witmotion::type_of(bytes), Type::time);
            EXPECT_EQ(witmotion::milliseconds_of(bytes), (1u * 60 + 30) * 60'000 + 500);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t stream = type == "accel" ? 0 : type == "gyro" ? 1 : 2;
            const char* key = type == "accel" ? "m_s2" : type == "gyro" ? "rad_s" : "wxyz";
            if (!decoded.contains(key) || i >= decoded.at(key).size()) continue;
            EXPECT_NEAR(words[i] * channel(*device, stream).scale, decoded.at(key)[i], 1e-9) << type;
        }
    }
    const auto& commands = all.at("witmotion").at("commands");
    const auto bytes_of = [](const std::array<std::uint8_t, 5>& command) {
        const auto bytes = std::as_bytes(std::span{command});
        return Bytes{bytes.begin(), bytes.end()};
    };
    EXPECT_EQ(bytes_of(witmotion::write_register(0x69, 0xB588)), test::from_hex(commands[0].at("hex").get<std::string>()));
    EXPECT_EQ(bytes_of(witmotion::write_register(0x03, 0x09)), test::from_hex(commands[3].at("hex").get<std::string>()));
}

TEST(WitmotionDecoder, FindsTheFramesOfTheResyncVector) {
    TONUS_NEEDS_VECTORS(all, "imus");
    const auto& resync = all.at("witmotion").at("resync");
    const auto found = test::find_frames(test::from_hex(resync.at("hex").get<std::string>()), witmotion::kFrameBytes, witmotion::match_frame);
    ASSERT_EQ(found.frames.size(), resync.at("accepted_types").size());
    EXPECT_EQ(found.skipped, resync.at("skipped_bytes"));
}

TEST(WitmotionDecoder, IsSound) {
    TONUS_NEEDS_VECTORS(all, "imus");
    std::vector<Bytes> good;
    for (const auto& vector : all.at("witmotion").at("frames")) good.push_back(test::from_hex(vector.at("hex").get<std::string>()));
    test::expect_a_sound_decoder(good, witmotion::kFrameBytes, witmotion::match_frame);
}

TEST(WitmotionDevice, CountsLossesByItsTime) {
    EmulatedSession session{"witmotion", "lost=0.05&corrupt=0.02"};
    const auto device = session.open("rate=200");
    device->start();
    KeptFrames got;
    session.read(*device, got, 20.0);
    // A group without its time, after one that is lost whole, may be taken for the lost one: rare.
    std::size_t n_wrong = 0, n_all = 0;
    for (const auto& [stream, frames] : got.all) {
        for (const auto& [index, values] : frames) {
            ++n_all;
            const auto sampled = session.truth.all[stream].find(index);
            n_wrong += sampled == session.truth.all[stream].end() || sampled->second != values;
        }
    }
    EXPECT_GT(n_all, 3u * 3500u);
    EXPECT_LT(n_wrong, n_all / 500);
}

TEST(WitmotionDevice, SaysWhatDoesNotFitOrIsMissing) {
    EmulatedSession session{"witmotion"};
    EXPECT_THROW(session.open("baud=9600&rate=100"), Error);
    EXPECT_NO_THROW(session.open("baud=9600&rate=20"));
    EmulatedSession six{"witmotion", "axes=6"};
    try {
        six.open();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("nine-axis"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace tonus
