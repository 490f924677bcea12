#include <gtest/gtest.h>

#include "drivers/trigno/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

auto matcher(std::size_t step_bytes) {
    return [step_bytes](std::span<const std::byte> front, bool) { return trigno::match_step(front, step_bytes); };
}

TEST(TrignoDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "trigno");
    const auto& emg = vectors.at("emg_frames_port_50043_or_50041");
    const auto steps = test::find_frames(test::from_hex(emg.at("hex").get<std::string>()), 64, matcher(trigno::kEmgStepBytes));
    ASSERT_EQ(steps.frames.size(), 2u);
    for (std::size_t s = 0; s < 2; ++s) {
        for (std::size_t slot = 0; slot < trigno::kSlots; ++slot) {
            EXPECT_EQ(static_cast<double>(trigno::float_at(steps.frames[s], slot)), emg.at("decoded_volts")[s][slot]);
        }
    }
    const auto& aux = vectors.at("aux_frame_port_50044");
    const Bytes step = test::from_hex(aux.at("hex").get<std::string>());
    ASSERT_EQ(step.size(), trigno::kAuxiliaryStepBytes);
    for (std::size_t i = 0; i < trigno::kSlots * 9; ++i) {
        const double expected = i / 9 == 1 ? aux.at("decoded_slot2_9_floats")[i % 9].get<double>() : 0.0;
        EXPECT_EQ(static_cast<double>(trigno::float_at(step, i)), expected) << i;
    }
    const auto& acc = vectors.at("acc_frame_port_50042");
    const Bytes old = test::from_hex(acc.at("hex").get<std::string>());
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(static_cast<double>(trigno::float_at(old, 3 + i)), acc.at("decoded_slot2_xyz_g")[i]);
}

TEST(TrignoDecoder, TakesStepsHoweverTheyAreCut) {
    TONUS_NEEDS_VECTORS(vectors, "trigno");
    const Bytes bytes = test::from_hex(vectors.at("emg_frames_port_50043_or_50041").at("hex").get<std::string>());
    const auto sizes = vectors.at("split_reads").at("sizes").get<std::vector<std::size_t>>();
    FrameFinder finder{trigno::kEmgStepBytes};
    std::size_t n_steps = 0, at = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        finder.feed(std::span{bytes}.subspan(at, sizes[i]), matcher(trigno::kEmgStepBytes), [&](std::span<const std::byte>) { ++n_steps; });
        at += sizes[i];
        EXPECT_EQ(n_steps, i + 1 == sizes.size() ? 2u : at >= 64 ? 1u : 0u);
    }
}

TEST(TrignoDecoder, FramesCommandsAsTheTranscript) {
    TONUS_NEEDS_VECTORS(vectors, "trigno");
    for (const auto& line : vectors.at("command_transcript")) {
        const Bytes reply = test::from_hex(line.at("reply_hex").get<std::string>());
        EXPECT_EQ(trigno::stripped({reinterpret_cast<const char*>(reply.data()), reply.size()}), line.at("reply").get<std::string>());
        if (line.at("send_hex").get<std::string>().empty()) continue;
        const std::string command = trigno::framed(line.at("send").get<std::string>());
        const auto bytes = std::as_bytes(std::span{command});
        EXPECT_EQ((Bytes{bytes.begin(), bytes.end()}), test::from_hex(line.at("send_hex").get<std::string>()));
    }
}

TEST(TrignoDevice, FindsSensorsRatesAndUnits) {
    EmulatedSession session{"trigno", "sensors=3&duo=on"};
    const auto device = session.open();
    const auto streams = device->streams();
    ASSERT_EQ(streams.size(), 7u) << "EMG, and two of motion for each sensor";
    EXPECT_EQ(streams[0].rate, parse_rate("26/0.0135"));
    ASSERT_EQ(streams[0].channels.size(), 4u);
    EXPECT_EQ(streams[0].channels[1].label, "EMG 1.2");
    EXPECT_EQ(streams[0].channels[3].label, "EMG 3");
    EXPECT_EQ(streams[1].kind, StreamKind::acceleration);
    EXPECT_EQ(streams[2].kind, StreamKind::angular_rate);
    EXPECT_EQ(streams[2].rate, parse_rate("2/0.0135"));
    device->start();
    KeptFrames got;
    session.read(*device, got, 5.0);
    test::expect_true(got, session.truth);
}

TEST(TrignoDevice, TakesEitherRateAndEitherGeneration) {
    for (const char* variant : {"samples=27", "type=D", "sensors=16", "sensors=1"}) {
        EmulatedSession session{"trigno", variant};
        const auto device = session.open();
        device->start();
        KeptFrames got;
        session.read(*device, got, 4.0);
        test::expect_true(got, session.truth);
        EXPECT_GT(got.count(0), 3000u) << variant;
        EXPECT_GT(got.count(1), 200u) << variant;
    }
}

TEST(TrignoDevice, SaysWhenTheServerRefusesToStart) {
    EmulatedSession session{"trigno", "refuse=on"};
    const auto device = session.open();
    try {
        device->start();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("CANNOT COMPLETE"), std::string::npos) << error.what();
    }
}

TEST(TrignoDevice, AWrongPortPairIsNamed) {
    EmulatedSession session{"trigno", "type=D"};
    const auto device = session.open("generation=new");
    EXPECT_THROW(device->start(), Error) << "its data sockets are not those the sensors send to";
}

// A peer without power sends nothing and closes nothing (reliability F6).
TEST(TrignoDevice, ComesBackFromAHalfOpenConnection) {
    EmulatedSession session{"trigno", "unplug=20-25"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 21.0 - session.now_s());
    while (device->trouble().empty() && session.now_s() < 30.0) session.read(*device, got, 0.05);
    EXPECT_LE(session.now_s() - 20.0, 3.0);
    session.read(*device, got, 15.0);
    EXPECT_EQ(device->trouble(), "");
    const double rate_hz = device->streams()[0].rate.hz();
    const auto& frames = got.all[0];
    const double n = static_cast<double>(frames.rbegin()->first - frames.begin()->first);
    EXPECT_GT(n, 0.9 * 30.0 * rate_hz);
    EXPECT_LT(static_cast<double>(frames.size()), n) << "with a hole where it was away";
}

}  // namespace
}  // namespace tonus
