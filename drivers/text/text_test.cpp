#include <cmath>

#include <gtest/gtest.h>

#include "drivers/text/decoder.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;
using text::Line;

std::string as_line(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void expect_line(const Line& line, const nlohmann::json& expect, const std::string& text) {
    if (expect.is_string()) {
        const std::string what = expect.get<std::string>();
        const Line::Kind kind = what == "header"                  ? Line::Kind::names
                                : what.starts_with("ignore")      ? Line::Kind::empty
                                : what.starts_with("reject when") ? Line::Kind::values  // the device expects others
                                                                  : Line::Kind::broken;
        EXPECT_EQ(line.kind, kind) << text;
        return;
    }
    ASSERT_EQ(line.kind, Line::Kind::values) << text;
    ASSERT_EQ(line.values.size(), expect.size()) << text;
    for (std::size_t i = 0; i < line.values.size(); ++i) {
        const nlohmann::json& value = expect.is_object() ? expect.at(line.names.at(i)) : expect[i];
        if (value.is_string()) EXPECT_TRUE(std::isnan(line.values[i])) << text;
        else EXPECT_EQ(line.values[i], value.get<double>()) << text;
    }
}

TEST(TextDecoder, EveryVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "serial-text");
    for (const auto& vector : vectors.at("lines")) {
        const Bytes bytes = test::from_hex(vector.at("hex").get<std::string>());
        const FrameMatch match = text::match_line(bytes, true);
        if (vector.at("expect") == "hold: no line end yet") {
            EXPECT_EQ(match.kind, FrameMatch::Kind::more);
            continue;
        }
        ASSERT_EQ(match.n_bytes, bytes.size());
        expect_line(text::parse_line(as_line(bytes), false), vector.at("expect"), as_line(bytes));
    }
}

TEST(TextDecoder, HoldsTheLastLineOfTheSplitVector) {
    TONUS_NEEDS_VECTORS(vectors, "serial-text");
    const auto& split = vectors.at("split_example");
    const auto found = test::find_frames(test::from_hex(split.at("hex").get<std::string>()), text::kLineBytesMax, text::match_line);
    ASSERT_EQ(found.frames.size(), 2u);  // the first may be cut: the device leaves it out
    EXPECT_EQ(text::parse_line(as_line(found.frames[1]), false).values, split.at("rows")[0].get<std::vector<double>>());
    EXPECT_EQ(found.waiting, split.at("held_over").get<std::string>().size());
}

TEST(TextDecoder, ConvertsAsTheVectors) {
    TONUS_NEEDS_VECTORS(vectors, "serial-text");
    EmulatedSession session{"text"};
    const ChannelInfo channel = session.open()->streams()[0].channels[0];
    EXPECT_NEAR(512.0 * channel.scale + channel.offset, 0.0, 1e-9);
    EXPECT_NEAR(1e-6 * (600.0 * channel.scale + channel.offset), vectors.at("conversion")[1].at("emg_V_about_midrail"), 1e-12);
}

TEST(TextDecoder, RefusesWhatIsNotANumberToItsEnd) {
    for (const char* text : {"12a,3\n", "1,,2\n", "1,2,\n", "1;2;x\n", "0x10,2\n", "1.2.3\n", "a:1,2\n", ",1\n", "5 6 volts\n"}) {
        EXPECT_EQ(text::parse_line(text, false).kind, Line::Kind::broken) << text;
    }
    EXPECT_EQ(text::parse_line("1;2 ; 3\n", false).values, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(text::parse_line("+1,-2\n", false).values, (std::vector<double>{1, -2}));
}

TEST(TextDecoder, ChecksTheChecksum) {
    EXPECT_EQ(text::parse_line("1,2*2F\n", true).values, (std::vector<double>{1, 2}));
    EXPECT_EQ(text::parse_line("1,3*2F\n", true).kind, Line::Kind::broken);
    EXPECT_EQ(text::parse_line("1,2\n", true).kind, Line::Kind::broken);
}

TEST(TextDecoder, IsSound) {
    std::vector<Bytes> good;
    for (int i = 0; i < 20; ++i) {
        const std::string line = std::to_string(i) + ",512\n";
        const auto bytes = std::as_bytes(std::span{line});
        good.emplace_back(bytes.begin(), bytes.end());
    }
    test::expect_a_sound_decoder(good, text::kLineBytesMax, text::match_line);
}

TEST(TextDevice, ReadsEveryStyleOfLine) {
    for (const char* style : {"separator=tab", "separator=space&crlf=off", "separator=semicolon", "labels=on", "columns=1", "boot=off"}) {
        EmulatedSession session{"text", style};
        const auto device = session.open();
        device->start();
        KeptFrames got;
        session.read(*device, got, 3.0);
        test::expect_true(got, session.truth, false);
        EXPECT_GT(got.count(0), 1400u) << style;
    }
    EmulatedSession labelled{"text", "labels=on"};
    EXPECT_EQ(labelled.open()->streams()[0].channels[1].label, "EMG2");
}

TEST(TextDevice, CountsLossesByACounterColumn) {
    EmulatedSession session{"text", "counter=on&columns=2&lost=0.1"};
    const auto device = session.open("columns=counter,emg,emg&rate=500");
    device->start();
    KeptFrames got;
    session.read(*device, got, 10.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 4500.0, 150.0);
}

TEST(TextDevice, ADigitTurnedRoundIsSeenWithAChecksum) {
    EmulatedSession session{"text", "checksum=on&corrupt=0.05&counter=on&columns=2"};
    const auto device = session.open("checksum=on&columns=counter,emg,emg&rate=500");
    device->start();
    KeptFrames got;
    session.read(*device, got, 10.0);
    test::expect_true(got, session.truth);
    EXPECT_GT(got.count(0), 4500u);
}

TEST(TextDevice, AsksForWhatItCannotKnow) {
    EmulatedSession odd{"text", "rate=333"};
    try {
        odd.open();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("say rate="), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(odd.open("rate=333"));
    EXPECT_THROW(odd.open("rate=333&columns=emg"), Error);
    EXPECT_THROW(odd.open("rate=333&columns=emg,emg,emg,volts"), Error);
}

}  // namespace
}  // namespace tonus
