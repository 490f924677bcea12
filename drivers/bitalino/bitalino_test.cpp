#include <gtest/gtest.h>

#include "drivers/bitalino/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

auto matcher(std::size_t n_channels) {
    return [n_channels](std::span<const std::byte> front, bool in_step) { return bitalino::match_frame(front, in_step, n_channels); };
}

TEST(BitalinoDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "bitalino");
    for (const auto& vector : vectors.at("frames")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        const auto n_channels = vector.at("channels").get<std::size_t>();
        ASSERT_EQ(bytes.size(), bitalino::frame_bytes(n_channels));
        ASSERT_EQ(bitalino::match_frame(bytes, true, n_channels).kind, FrameMatch::Kind::frame) << vector.at("name");
        const bitalino::Frame frame = bitalino::decode_frame(bytes, n_channels);
        const auto& decoded = vector.at("decoded");
        EXPECT_EQ(frame.number, decoded.at("seq"));
        EXPECT_EQ(frame.digital, decoded.at("digital_I1_I2_O1_O2").get<decltype(frame.digital)>());
        for (std::size_t ch = 0; ch < n_channels; ++ch) EXPECT_EQ(frame.counts[ch], decoded.at("analog")[ch]) << vector.at("name");
    }
    const auto& bad = vectors.at("bad_crc");
    EXPECT_EQ(bitalino::match_frame(test::from_hex(bad.at("hex").get<std::string>()), true, 2).kind, FrameMatch::Kind::no_frame);
}

TEST(BitalinoDecoder, KnowsHowLongFramesAre) {
    TONUS_NEEDS_VECTORS(vectors, "bitalino");
    for (const auto& [n_channels, n_bytes] : vectors.at("frame_length_by_channels").items()) {
        EXPECT_EQ(bitalino::frame_bytes(std::stoul(n_channels)), n_bytes.get<std::size_t>()) << n_channels;
    }
}

// The emulator is written from the page: it answers as the vectors say, and starts by their command.
TEST(BitalinoEmulator, AnswersAsTheVectors) {
    TONUS_NEEDS_VECTORS(vectors, "bitalino");
    EmulatedLink link{driver_of(SourceUrl{"bitalino:"}).emulate(SourceUrl{"bitalino:"}, EmulatedSession::body), {}};
    link.connect(0, true);
    const auto& commands = vectors.at("commands_hex");
    link.hear(0, test::from_hex(commands.at("version").get<std::string>()));
    link.advance(1'000'000);
    EXPECT_EQ(link.take(0, 100), test::from_hex(vectors.at("version_reply_hex").get<std::string>()));
    link.hear(0, test::from_hex(commands.at("start_live").at("mask 000011 (bit0=A1)").get<std::string>()));
    link.advance(20'000'000);
    const Bytes frame = link.take(0, bitalino::frame_bytes(2));
    EXPECT_EQ(bitalino::match_frame(frame, true, 2).n_bytes, frame.size());
}

TEST(BitalinoDecoder, FindsTheFramesOfTheResyncVector) {
    TONUS_NEEDS_VECTORS(vectors, "bitalino");
    const auto& resync = vectors.at("resync");
    const auto found = test::find_frames(test::from_hex(resync.at("hex").get<std::string>()), 24, matcher(6));
    std::vector<int> numbers;
    for (const Bytes& frame : found.frames) numbers.push_back(bitalino::decode_frame(frame, 6).number);
    EXPECT_EQ(numbers, resync.at("accepted_seq").get<std::vector<int>>());
    EXPECT_EQ(found.skipped, resync.at("skipped_bytes"));
}

// The good frames are the emulator's.
TEST(BitalinoDecoder, IsSound) {
    TONUS_NEEDS_VECTORS(vectors, "bitalino");
    std::vector<Bytes> good;
    class Keep final : public FrameSink {
        void push(std::size_t, std::uint64_t, RawFrames) noexcept override {}
    } nobody;
    EmulatedLink link{driver_of(SourceUrl{"bitalino:"}).emulate(SourceUrl{"bitalino:"}, EmulatedSession::body), {}, &nobody};
    link.connect(0, true);
    const std::byte start{0xFD};
    link.hear(0, std::span{&start, 1});
    link.advance(40'000'000);
    for (Bytes frame = link.take(0, 8); frame.size() == 8; frame = link.take(0, 8)) good.push_back(frame);
    ASSERT_GT(good.size(), 19u);
    good.resize(16);  // whole turns of the counter
    test::expect_a_sound_decoder(good, 24, matcher(6));
}

TEST(BitalinoDevice, TakesEveryChoiceOfInputs) {
    for (const char* channels : {"1", "25", "136", "1234", "12345", "123456"}) {
        EmulatedSession session{"bitalino"};
        const auto device = session.open(std::string{"channels="} + channels);
        device->start();
        KeptFrames got;
        session.read(*device, got, 1.0);
        test::expect_true(got, session.truth);
        EXPECT_GT(got.count(0), 900u) << channels;
    }
}

TEST(BitalinoDevice, ScalesAsTheVectors) {
    EmulatedSession session{"bitalino"};
    const ChannelInfo channel = session.open()->streams()[0].channels[0];
    EXPECT_NEAR(1023.0 * channel.scale + channel.offset, 1632.088546828543, 1e-9);
    EXPECT_NEAR(512.0 * channel.scale + channel.offset, 0.0, 1e-9);
}

TEST(BitalinoDevice, KnowsEveryFirmware) {
    for (const char* version : {"5.2", "4.2", "3.0"}) {
        EmulatedSession session{"bitalino", std::string{"version="} + version};
        for (int times = 0; times < 2; ++times) {
            const auto device = session.open();
            device->start();
            KeptFrames got;
            session.read(*device, got, 0.5);
            EXPECT_GT(got.count(0), 300u) << version;
            device->stop();
        }
    }
}

TEST(BitalinoDevice, CountsLossesExactlyAndTakesNoCorruptFrame) {
    EmulatedSession session{"bitalino", "lost=0.02&corrupt=0.01"};
    const auto device = session.open("channels=12");
    device->start();
    KeptFrames got;
    session.read(*device, got, 20.0);
    const auto& truth = session.truth.all.at(0);
    std::size_t n_wrong = 0;
    for (const auto& [index, values] : got.all[0]) n_wrong += !truth.contains(index) || truth.at(index) != values;
    // One bit turned round is always seen; what passes is made up of halves of two frames.
    EXPECT_LE(n_wrong, 4u);
    EXPECT_GT(got.count(0), 17000u);
}

TEST(BitalinoDevice, SaysWhatAnInputListLooksLike) {
    EmulatedSession session{"bitalino"};
    for (const char* channels : {"7", "21", "1,2", ""}) {
        EXPECT_THROW(session.open(std::string{"channels="} + channels), Error) << channels;
    }
}

}  // namespace
}  // namespace tonus
