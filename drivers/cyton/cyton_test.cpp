#include <gtest/gtest.h>

#include "drivers/cyton/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

Bytes packet(std::uint8_t number, std::uint8_t fill = 0x11) {
    Bytes bytes(cyton::kPacketBytes, static_cast<std::byte>(fill));
    bytes[0] = std::byte{0xA0};
    bytes[1] = static_cast<std::byte>(number);
    bytes[32] = std::byte{0xC0};
    return bytes;
}

TEST(CytonDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "cyton");
    for (const auto& vector : vectors.at("frames")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        ASSERT_EQ(cyton::match_packet(bytes, true).kind, FrameMatch::Kind::frame) << vector.at("name");
        const cyton::Packet packet = cyton::decode_packet(bytes);
        const auto& decoded = vector.at("decoded");
        EXPECT_EQ(packet.number, decoded.at("sample_number"));
        EXPECT_EQ(packet.counts, decoded.at("counts").get<decltype(packet.counts)>());
        EXPECT_EQ(packet.footer, std::stoi(decoded.at("footer").get<std::string>(), nullptr, 16));
        if (decoded.contains("accel_valid")) {
            EXPECT_EQ(packet.has_acceleration(), decoded.at("accel_valid").get<bool>()) << vector.at("name");
            const auto raw = decoded.at("accel_raw").get<std::array<std::int32_t, 3>>();
            EXPECT_EQ(packet.acceleration(), raw);
        }
        for (std::size_t i = 0; decoded.contains("aux_raw_u8") && i < decoded.at("aux_raw_u8").size(); ++i) {
            EXPECT_EQ(static_cast<int>(packet.auxiliary[i]), decoded.at("aux_raw_u8")[i]);
        }
    }
}

// A Daisy's two halves are packets like any other; which is which their numbers say.
TEST(CytonDecoder, FindsThePacketsOfADaisyAndOfAnOldDongle) {
    TONUS_NEEDS_VECTORS(vectors, "cyton");
    const Bytes bytes = test::from_hex(vectors.at("daisy").at("hex").get<std::string>());
    const test::FoundFrames found = test::find_frames(bytes, cyton::kPacketBytes + 1, cyton::match_packet);
    EXPECT_EQ(found.frames.size(), bytes.size() / cyton::kPacketBytes);
    EXPECT_EQ(found.skipped, 0u);
    const Bytes shifted = test::from_hex(vectors.at("fault_old_dongle").at("hex").get<std::string>());
    EXPECT_EQ(cyton::decode_packet(shifted).number, cyton::kShiftedNumber);
}

// The vector ends with a packet after garbage: it counts once the next one begins.
TEST(CytonDecoder, FindsThePacketsOfTheResyncVector) {
    TONUS_NEEDS_VECTORS(vectors, "cyton");
    const auto& resync = vectors.at("resync");
    Bytes bytes = test::from_hex(resync.at("hex").get<std::string>());
    bytes.push_back(std::byte{0xA0});
    const test::FoundFrames found = test::find_frames(bytes, cyton::kPacketBytes + 1, cyton::match_packet);
    std::vector<int> numbers;
    for (const Bytes& frame : found.frames) numbers.push_back(cyton::decode_packet(frame).number);
    EXPECT_EQ(numbers, resync.at("accepted_sample_numbers").get<std::vector<int>>());
    EXPECT_EQ(found.skipped, resync.at("skipped_bytes"));
}

TEST(CytonDecoder, IsSound) {
    std::vector<Bytes> good;
    for (int i = 0; i < 20; ++i) good.push_back(packet(static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(0x90 + i)));
    test::expect_a_sound_decoder(good, cyton::kPacketBytes + 1, cyton::match_packet);
}

TEST(CytonDevice, ScalesAsTheGainItSet) {
    TONUS_NEEDS_VECTORS(vectors, "cyton");
    for (const auto& [gain, volts] : vectors.at("volts_per_count_by_gain").items()) {
        EmulatedSession session{"cyton"};
        const auto device = session.open("gain=" + gain);
        EXPECT_NEAR(device->streams()[0].channels[7].scale, 1e6 * volts.get<double>(), 1e-12) << gain;
        device->start();
        KeptFrames got;
        session.read(*device, got, 1.0);
        test::expect_true(got, session.truth);  // the emulator counts with the gain it was told
    }
}

TEST(CytonDevice, PairsThePacketsOfADaisy) {
    EmulatedSession session{"cyton", "daisy=on"};
    const auto device = session.open();
    ASSERT_EQ(device->streams()[0].channels.size(), 16u);
    EXPECT_EQ(device->streams()[0].rate, (Rate{125, 1}));
    device->start();
    KeptFrames got;
    session.read(*device, got, 4.0);
    test::expect_true(got, session.truth);
    EXPECT_EQ(got.all[0].begin()->first, 1u) << "the first pair is averaged with nothing";
    EXPECT_GE(got.count(0), 490u);
}

TEST(CytonDevice, NeverPairsAcrossALoss) {
    EmulatedSession session{"cyton", "daisy=on&lost=0.2"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 20.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 0.64 * 2500.0, 150.0);
}

TEST(CytonDevice, KnowsADaisyOfTheFirstFirmware) {
    EmulatedSession session{"cyton", "daisy=on&firmware=1"};
    EXPECT_EQ(session.open()->streams()[0].channels.size(), 16u);
}

TEST(CytonDevice, CountsLossesRepeatsAndSwapsExactly) {
    EmulatedSession session{"cyton", "lost=0.05&repeated=0.02&swapped=0.02"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 60.0);
    test::expect_true(got, session.truth);
    const LinkAccount& account = session.link.account();
    EXPECT_GT(account.n_swapped, 100u);
    EXPECT_NEAR(static_cast<double>(got.count(0) + account.n_lost), static_cast<double>(account.n_frames), 2.0);
}

TEST(CytonDevice, SaysWhenTheBoardIsOffOrTheDongleTooOld) {
    EmulatedSession off{"cyton", "board=off"};
    try {
        off.open();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("the board does not answer"), std::string::npos) << error.what();
    }
    EmulatedSession old{"cyton", "dongle=old"};
    const auto device = old.open();
    device->start();
    KeptFrames got;
    old.read(*device, got, 0.2);
    EXPECT_NE(device->trouble().find("firmware of the dongle"), std::string::npos) << device->trouble();
}

}  // namespace
}  // namespace tonus
