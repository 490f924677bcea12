#include <gtest/gtest.h>

#include "drivers/otb/decoder.hpp"
#include "drivers/otb/model.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/frame_stream.hpp"
#include "tests/support/vectors.hpp"

namespace tonus {
namespace {

using otb::Layout;
using test::Bytes;
using test::EmulatedSession;
using test::KeptFrames;

std::string hex_of(std::span<const std::uint8_t> bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

TEST(OtbDecoder, ChecksumIsThatOfTheVector) {
    TONUS_NEEDS_VECTORS(vectors, "otb");
    const std::string text = "123456789";
    const std::vector<std::uint8_t> bytes{text.begin(), text.end()};
    EXPECT_EQ(otb::crc8(bytes), std::stoi(vectors.at("crc8").at("check_123456789").get<std::string>(), nullptr, 16));
}

TEST(OtbDecoder, MakesEveryCommandOfTheVectors) {
    TONUS_NEEDS_VECTORS(vectors, "otb");
    const std::string check = "123456789";
    EXPECT_EQ(otb::crc8(std::vector<std::uint8_t>(check.begin(), check.end())), 0xA1);
    for (const auto& vector : vectors.at("quattrocento_commands")) {
        const Bytes wanted = test::from_hex(vector.at("hex").get<std::string>());
        const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(wanted[at]); };
        const auto made = otb::quattrocento_command(byte(0), byte(1), byte(5));
        EXPECT_EQ(hex_of(made), vector.at("hex").get<std::string>()) << vector.at("name");
    }
    const auto start_of = [](const char* url) { return hex_of(otb::parse_setup(SourceUrl{url}).start); };
    const auto stop_of = [](const char* url) { return hex_of(otb::parse_setup(SourceUrl{url}).stop); };
    const auto& sixty_four = vectors.at("sessantaquattro_commands");
    EXPECT_EQ(start_of("otb:?model=sessantaquattro"), sixty_four[0].at("hex"));
    EXPECT_EQ(stop_of("otb:?model=sessantaquattro"), sixty_four[1].at("hex"));
    EXPECT_EQ(start_of("otb:?model=sessantaquattro&channels=16&input=bipolar"), sixty_four[4].at("hex"));
    const auto& muovi = vectors.at("muovi_commands");
    EXPECT_EQ(start_of("otb:"), muovi[0].at("hex"));
    EXPECT_EQ(start_of("otb:?mode=eeg"), muovi[4].at("hex"));
    EXPECT_EQ(stop_of("otb:"), muovi[5].at("hex"));
}

TEST(OtbDecoder, EverySampleVectorDecodesExactly) {
    TONUS_NEEDS_VECTORS(vectors, "otb");
    const auto bytes_of = [&](const char* name) { return test::from_hex(vectors.at(name).at("hex").get<std::string>()); };

    const Layout muovi = otb::parse_setup(SourceUrl{"otb:"}).layouts[0];
    const Bytes emg = bytes_of("muovi_sample_emg");
    const auto& decoded = vectors.at("muovi_sample_emg").at("decoded");
    ASSERT_EQ(muovi.step_bytes(), emg.size());
    for (std::size_t ch = 0; ch < 32; ++ch) EXPECT_EQ(otb::value_at(emg, muovi, ch), decoded.at("counts")[ch]);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(otb::value_at(emg, muovi, 32 + i), decoded.at("quaternion_raw_wxyz")[i]);
    EXPECT_LT(otb::value_at(emg, muovi, 36), 0) << "the trigger is its sign";
    EXPECT_EQ(otb::counter_of(emg, muovi), decoded.at("ramp_u16"));

    const Layout wide = otb::parse_setup(SourceUrl{"otb:?mode=eeg"}).layouts[0];
    const Bytes eeg = bytes_of("muovi_sample_eeg_24bit");
    for (std::size_t ch = 0; ch < 38; ++ch) EXPECT_EQ(otb::value_at(eeg, wide, ch), vectors.at("muovi_sample_eeg_24bit").at("decoded_counts")[ch]);

    const otb::Setup quattrocento = otb::parse_setup(SourceUrl{"otb:?model=quattrocento"});
    const Layout& q = quattrocento.layouts[0];
    const Bytes sample = bytes_of("quattrocento_sample_120ch");
    const auto& expected = vectors.at("quattrocento_sample_120ch").at("decoded");
    ASSERT_EQ(q.step_bytes(), sample.size());
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(1e-3 * quattrocento.nanovolts_per_count * otb::value_at(sample, q, i), expected.at("first3_bio_uV")[i], 1e-9);
        EXPECT_NEAR(quattrocento.auxiliary_volts_per_count * otb::value_at(sample, q, q.n_bio + i), expected.at("aux1_8_V_first")[i], 1e-12);
    }
    EXPECT_EQ(otb::counter_of(sample, q), expected.at("sample_counter_u16"));
    EXPECT_EQ(otb::value_at(sample, q, q.n_channels() - q.trigger_from_end), expected.at("trigger_raw"));

    const otb::Setup sixty_four = otb::parse_setup(SourceUrl{"otb:?model=sessantaquattro"});
    const Bytes plus = bytes_of("sessantaquattro_plus_sample_72ch"), older = bytes_of("sessantaquattro_sample_68ch");
    EXPECT_EQ(sixty_four.layouts[0].step_bytes(), plus.size());
    EXPECT_EQ(sixty_four.layouts[1].step_bytes(), older.size());
    EXPECT_EQ(otb::counter_of(plus, sixty_four.layouts[0]), 65535);
    EXPECT_EQ(otb::counter_of(older, sixty_four.layouts[1]), 7);
}

TEST(OtbDevice, ReadsEveryModel) {
    const std::vector<std::pair<std::string, std::string>> models{
        {"muovi", "muovi"}, {"muovi+", "muovi+"}, {"sessantaquattro", "sessantaquattro"}, {"sessantaquattro+", "sessantaquattro"},
        {"quattrocento", "quattrocento"}};
    for (const auto& [emulated, model] : models) {
        EmulatedSession session{"otb", "model=" + emulated};
        const auto device = session.open("model=" + model);
        device->start();
        KeptFrames got;
        session.read(*device, got, 2.0);
        test::expect_true(got, session.truth);
        EXPECT_GT(got.count(0), 3900u) << emulated;
        EXPECT_EQ(device->streams().size(), emulated.starts_with("muovi") || emulated.ends_with("+") ? 3u : 2u) << emulated;
    }
}

TEST(OtbDevice, KnowsTheWrongModelByItsCounter) {
    EmulatedSession session{"otb", "model=muovi+"};
    try {
        session.open("model=muovi");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("is model= right"), std::string::npos) << error.what();
    }
}

TEST(OtbDevice, CountsTheStepsItsBufferLost) {
    EmulatedSession session{"otb", "lost=0.05"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 10.0);
    test::expect_true(got, session.truth);
    EXPECT_NEAR(static_cast<double>(got.count(0)), 0.95 * 20000.0, 200.0);
}

TEST(OtbDevice, RefusesOptionsOfOtherModels) {
    EXPECT_THROW(otb::parse_setup(SourceUrl{"otb:?rate=2000"}), Error);
    EXPECT_THROW(otb::parse_setup(SourceUrl{"otb:?model=quattrocento&mode=eeg"}), Error);
    EXPECT_THROW(otb::parse_setup(SourceUrl{"otb:?model=quattrocento&rate=2000"}), Error);
}

}  // namespace
}  // namespace tonus
