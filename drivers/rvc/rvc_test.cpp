#include <gtest/gtest.h>

#include "drivers/rvc/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

TEST(RvcDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "imus");
    EmulatedSession session{"rvc"};
    const auto device = session.open();
    const auto streams = device->streams();
    for (const auto& vector : vectors.at("bno08x_uart_rvc").at("frames")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        ASSERT_EQ(rvc::match_frame(bytes, true).n_bytes, bytes.size());
        const rvc::Frame frame = rvc::decode_frame(bytes);
        const auto& decoded = vector.at("decoded");
        EXPECT_EQ(frame.number, decoded.at("index"));
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_NEAR(0.01 * frame.angles[i], decoded.at("yaw_pitch_roll_deg")[i], 1e-9);
            EXPECT_NEAR(frame.acceleration[i] * streams[0].channels[i].scale, decoded.at("accel_m_s2")[i], 1e-9);
        }
    }
}

TEST(RvcDecoder, IsSound) {
    TONUS_NEEDS_VECTORS(vectors, "imus");
    std::vector<Bytes> good;
    for (const auto& vector : vectors.at("bno08x_uart_rvc").at("frames")) good.push_back(test::from_hex(vector.at("hex").get<std::string>()));
    test::expect_a_sound_decoder(good, rvc::kFrameBytes, rvc::match_frame);
}

TEST(RvcDevice, CountsLossesExactlyAndRefusesTurnedBits) {
    EmulatedSession session{"rvc", "lost=0.05&corrupt=0.05"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 60.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 0.9025 * 6000.0, 100.0);
}

}  // namespace
}  // namespace tonus
