#include "drivers/plugin/plugin.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/plugin/plugin_build.hpp"
#include "tests/support/emulated_session.hpp"

namespace tonus {
namespace {

using test::KeptFrames;

const std::vector<std::string_view> kTaken{"cyton"};

std::unique_ptr<Device> open(const Plugin& plugin, const std::string& url) {
    const SourceUrl source{url};
    return plugin.open_device(source);
}

TEST(Plugin, TheExampleIsBuiltByItsLineAndSendsWhatItSays) {
    const std::filesystem::path folder = test::library_folder();
    ASSERT_TRUE(test::build_example((folder / "ramp.so").string()));
    const Plugins plugins = load_plugins(folder.string(), kTaken);
    ASSERT_EQ(plugins.loaded.size(), 1u);
    EXPECT_TRUE(plugins.refusals.empty());
    const Plugin& ramp = *plugins.loaded[0];
    EXPECT_EQ(ramp.driver().scheme, "ramp");
    ASSERT_EQ(ramp.driver().options.size(), 1u);
    EXPECT_EQ(ramp.driver().options[0].name, "rate");
    const auto device = open(ramp, "ramp:?rate=500");
    const StreamInfo& stream = device->streams()[0];
    EXPECT_EQ(stream.rate, (Rate{500, 1}));
    EXPECT_EQ(stream.channels[1].label, "MF_R");
    EXPECT_EQ(stream.channels[1].scale, 0.1);
    EXPECT_FALSE(stream.channels[1].raw_min);
    EXPECT_EQ(stream.device_id, "ramp:1");
    device->start();
    KeptFrames got;
    while (got.count(0) < 100) ASSERT_NE(device->read(got, std::chrono::milliseconds{20}), ReadStatus::lost);
    device->stop();
    for (const auto& [index, values] : got.all[0]) {
        const double value = static_cast<double>(index % 1000);
        ASSERT_EQ(values, (std::vector<double>{value, value + 1000.0}));
    }
}

TEST(Plugin, SaysWhyADeviceDoesNotOpen) {
    const std::filesystem::path folder = test::library_folder();
    ASSERT_TRUE(test::build_example((folder / "ramp.so").string()));
    const Plugins plugins = load_plugins(folder.string(), kTaken);
    ASSERT_EQ(plugins.loaded.size(), 1u);
    try {
        open(*plugins.loaded[0], "ramp:?rate=5");
        ADD_FAILURE() << "5 Hz was taken";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "ramp:?rate=5: rate is not from 100 to 10000");
    }
}

struct Misdeed {
    int number;  // of misdeeds.c
    const char* complaint;
};
void PrintTo(const Misdeed& misdeed, std::ostream* out) { *out << misdeed.complaint; }

/// A folder with one library that does wrong.
class PluginMisdeed : public testing::TestWithParam<Misdeed> {
protected:
    PluginMisdeed()
        : folder_(test::library_folder()), library_((folder_ / "bad.so").string()), built_(test::build_misdeed(GetParam().number, library_)),
          plugins_(load_plugins(folder_.string(), kTaken)) {}

    std::filesystem::path folder_;
    std::string library_;
    bool built_;
    Plugins plugins_;
};

class PluginNotLoaded : public PluginMisdeed {};

TEST_P(PluginNotLoaded, IsRefusedByName) {
    ASSERT_TRUE(built_);
    EXPECT_TRUE(plugins_.loaded.empty());
    ASSERT_EQ(plugins_.refusals.size(), 1u);
    EXPECT_EQ(plugins_.refusals[0].find(library_ + ": refused: "), 0u) << plugins_.refusals[0];
    EXPECT_NE(plugins_.refusals[0].find(GetParam().complaint), std::string::npos) << plugins_.refusals[0];
}

INSTANTIATE_TEST_SUITE_P(All, PluginNotLoaded,
                         testing::Values(Misdeed{1, "exports no tonus_driver_v1"}, Misdeed{2, "returns null"}, Misdeed{3, "of version 2"},
                                         Misdeed{4, "16 bytes"}, Misdeed{5, "open() is null"}, Misdeed{6, "read() is null"},
                                         Misdeed{7, "scheme is null"}, Misdeed{8, "there is a driver 'cyton' already"},
                                         Misdeed{9, "small letters and digits"}, Misdeed{10, "0 options"}));

class PluginNotOpened : public PluginMisdeed {};

TEST_P(PluginNotOpened, IsRefusedByName) {
    ASSERT_TRUE(built_);
    ASSERT_EQ(plugins_.loaded.size(), 1u);
    try {
        open(*plugins_.loaded[0], "ramp:");
        ADD_FAILURE() << "was opened";
    } catch (const Error& error) {
        EXPECT_EQ(std::string{error.what()}.find("ramp:: "), 0u) << error.what();
        EXPECT_NE(std::string{error.what()}.find(GetParam().complaint), std::string::npos) << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(All, PluginNotOpened,
                         testing::Values(Misdeed{11, "does not say why"}, Misdeed{12, "0 streams"}, Misdeed{13, "0 streams"},
                                         Misdeed{14, "2000 channels"}, Misdeed{15, "0 channels"}, Misdeed{16, "rate of nan"},
                                         Misdeed{17, "rate of 1e+09"}, Misdeed{18, "scale 0"}, Misdeed{19, "kind 99"},
                                         Misdeed{20, "label of a channel is null"}));

class PluginNotRead : public PluginMisdeed {};

TEST_P(PluginNotRead, IsLostByName) {
    ASSERT_TRUE(built_);
    ASSERT_EQ(plugins_.loaded.size(), 1u);
    const auto device = open(*plugins_.loaded[0], "ramp:");
    device->start();
    KeptFrames got;
    EXPECT_EQ(device->read(got, std::chrono::milliseconds{20}), ReadStatus::lost);
    EXPECT_NE(device->trouble().find(GetParam().complaint), std::string_view::npos) << device->trouble();
}

INSTANTIATE_TEST_SUITE_P(All, PluginNotRead,
                         testing::Values(Misdeed{21, "pushes what cannot be"}, Misdeed{22, "pushes what cannot be"},
                                         Misdeed{23, "read() says what it may not"}, Misdeed{24, "does not say why"}));

TEST(Plugin, ABadOneKeepsNoneAway) {
    const std::filesystem::path folder = test::library_folder();
    std::ofstream{folder / "a.so"} << "no library at all";
    ASSERT_TRUE(test::build_example((folder / "b.so").string()));
    ASSERT_TRUE(test::build_example((folder / "c.so").string()));
    const Plugins plugins = load_plugins(folder.string() + ":/nowhere", kTaken);
    EXPECT_EQ(plugins.loaded.size(), 1u);
    ASSERT_EQ(plugins.refusals.size(), 2u);
    EXPECT_NE(plugins.refusals[0].find("/a.so"), std::string::npos);
    EXPECT_NE(plugins.refusals[1].find("'ramp' already"), std::string::npos) << "the second of the name";
}

}  // namespace
}  // namespace tonus
