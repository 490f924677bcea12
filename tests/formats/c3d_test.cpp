// C3D files of many systems, which are each other's truth, and one made here that is cut and damaged.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::Recording;
using Values = std::vector<double>;
using namespace std::string_literals;

Recording read_c3d(const std::filesystem::path& path, const ReadOptions& options = {}) {
    return test::read_all(system_files(), path.string(), options);
}

/// Values of every stream's channels in their unit, one after the other.
Values physical(const Recording& read) {
    Values values;
    for (std::size_t s = 0; s < read.infos.size(); ++s) {
        const auto& channels = read.infos[s].channels;
        for (std::size_t i = 0; i < read.streams[s].samples.size(); ++i) {
            const ChannelInfo& info = channels[i % channels.size()];
            values.push_back(read.streams[s].samples[i] * info.scale + info.offset);
        }
    }
    return values;
}

std::string word(int value) { return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)}; }

std::string real(float value) {
    std::string bytes(4, '\0');
    std::memcpy(bytes.data(), &value, 4);
    return bytes;
}

std::string parameter(char group, const std::string& name, const std::string& content) {
    return std::string{static_cast<char>(name.size()), group} + name + word(static_cast<int>(content.size() + 3)) + content + '\0';
}

/// Two channels of int16 at 2 samples for each of 3 camera frames, one point.
std::string small_c3d() {
    std::string head = "\x02\x50"s + word(1) + word(4) + word(1) + word(3) + word(0) + real(0.1f) + word(3) + word(2) + real(50.0f);
    head.resize(512, '\0');
    std::string section = "\x01\x50\x01\x54"s;
    section += "\x06\xff""ANALOG"s + word(3) + '\0';
    section += parameter(1, "LABELS", "\xff\x02\x04\x02""TA  GM  "s);
    section += parameter(1, "UNITS", "\xff\x02\x02\x02""mVV "s);
    section += parameter(1, "SCALE", "\x04\x01\x02"s + real(0.5f) + real(2.0f));
    section += parameter(1, "OFFSET", "\x02\x01\x02"s + word(10) + word(0));
    section += parameter(1, "GEN_SCALE", "\x04\0"s + real(2.0f));
    section.resize(512, '\0');
    std::string data;
    for (int frame = 0; frame < 3; ++frame) {
        data += std::string(8, '\x7f');  // the point
        for (int sample = 0; sample < 2; ++sample) data += word(100 + 2 * frame + sample) + word(-(2 * frame + sample));
    }
    return head + section + data;
}

TEST(C3d, IntegersHaveTheirScaleOffsetAndRate) {
    const Recording read = test::read_bytes("small.c3d", small_c3d());

    EXPECT_EQ(read.facts.format, "C3D");
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].rate, (Rate{100, 1}));
    EXPECT_EQ(read.infos[0].type, SampleType::int32);
    EXPECT_EQ(read.labels(0), (std::vector<std::string>{"TA", "GM"}));
    EXPECT_EQ(read.infos[0].channels[0].unit, "mV");
    EXPECT_EQ(read.infos[0].channels[0].scale, 1.0);
    EXPECT_EQ(read.infos[0].channels[0].offset, -10.0);
    EXPECT_EQ(read.infos[0].channels[1].scale, 4.0);
    EXPECT_EQ(read.channel(0, 0), (Values{100, 101, 102, 103, 104, 105}));
    EXPECT_EQ(read.channel(0, 1), (Values{0, -1, -2, -3, -4, -5}));
    EXPECT_EQ(read.trouble, "");
}

TEST(C3d, CutAnywhereItIsRefusedOrReadToItsLastWholeFrame) {
    const std::string bytes = small_c3d();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        const std::string cut = bytes.substr(0, size);
        if (size < 516) {
            expect_error(ErrorKind::input, {"cut.c3d"}, [&] { test::read_bytes("cut.c3d", cut); });
            continue;
        }
        const std::size_t n_whole = size < 1024 ? 0 : (size - 1024) / 16;
        const Recording read = test::read_bytes("cut.c3d", cut);
        EXPECT_EQ(read.n_frames(), 2 * n_whole) << size;
        EXPECT_TRUE(contains(read.trouble, "truncated")) << size;
    }
}

TEST(C3d, OneWrongByteNeverMakesMoreThanTheFileHolds) {
    const std::string bytes = small_c3d();
    for (std::size_t at = 0; at < 700; ++at) {
        for (const char wrong : {'\0', '\xff', '\x7f', '\x01'}) {
            std::string damaged = bytes;
            damaged[at] = wrong;
            try {
                EXPECT_LE(test::read_bytes("bad.c3d", damaged).n_frames(), bytes.size()) << at;
            } catch (const Error& error) {
                EXPECT_TRUE(contains(error.what(), "bad.c3d")) << error.what();
            }
        }
    }
}

TEST(RealC3d, TheSameTrialOfThreeComputersInTwoTypesIsTheSame) {
    TONUS_NEEDS_SHARED(folder, "data/03_c3d_variants");
    const Recording reference = read_c3d(folder / "Eb015pi.c3d");
    ASSERT_EQ(reference.infos.size(), 1u);
    EXPECT_EQ(reference.infos[0].rate, (Rate{200, 1}));
    EXPECT_EQ(reference.infos[0].channels.size(), 16u);
    EXPECT_EQ(reference.infos[0].channels[0].label, "FX1");
    EXPECT_EQ(reference.streams[0].n_frames(), 1800u);
    for (const char* name : {"Eb015pr.c3d", "Eb015si.c3d", "Eb015sr.c3d", "Eb015vi.c3d", "Eb015vr.c3d", "TESTAPI.c3d", "TESTBPI.c3d"}) {
        const Recording read = read_c3d(folder / name);
        EXPECT_EQ(read.trouble, "") << name;
        EXPECT_EQ(read.streams[0].samples, reference.streams[0].samples) << name;
        const Values values = physical(read), expected = physical(reference);
        EXPECT_EQ(values, expected) << name;
    }
}

TEST(RealC3d, FloatsAndIntegersOfOneTrialDifferByAStepAtMost) {
    TONUS_NEEDS_SHARED(folder, "data/03_c3d_variants");
    const Values floats = physical(read_c3d(folder / "ADemo1_rewrite_c3d_pc_float.c3d"));
    const Values integers = physical(read_c3d(folder / "ADemo1_rewrite_c3d_pc_integer.c3d"));
    ASSERT_EQ(floats.size(), integers.size());
    double most = 0.0;
    for (std::size_t i = 0; i < floats.size(); ++i) most = std::max(most, std::abs(floats[i] - integers[i]));
    EXPECT_LE(most, 0.0501);
    EXPECT_EQ(read_c3d(folder / "ADemo1_rewrite_c3d_pc_integer.c3d").infos.at(0).rate, (Rate{400, 1}));
}

// The Vicon table of the same trial has its columns in another order and rounds: to 1e-7 V, and to six
// digits where values are large.
TEST(RealC3d, TheTableOfTheSameTrialAgrees) {
    TONUS_NEEDS_SHARED(folder, "data/02_c3d_shoulder_local_global");
    const Recording c3d = read_c3d(folder / "markers_analogs.c3d"), table = read_c3d(folder / "analogs.csv");
    std::size_t n_channels = 0;
    double most = 0.0;
    for (std::size_t s = 0; s < c3d.infos.size(); ++s) {
        EXPECT_EQ(c3d.infos[s].rate, (Rate{2000, 1}));
        for (std::size_t c = 0; c < c3d.infos[s].channels.size(); ++c) {
            std::string label = c3d.infos[s].channels[c].label;  // "Delt_ant.EMG1", in the table "EMG1"
            label.erase(0, label.rfind('.') + 1);
            for (std::size_t t = 0; t < table.infos.size(); ++t) {
                const std::vector<std::string> labels = table.labels(t);
                const auto found = std::find(labels.begin(), labels.end(), label);
                if (found == labels.end()) continue;
                const Values a = c3d.channel(s, c), b = table.channel(t, static_cast<std::size_t>(found - labels.begin()));
                ASSERT_EQ(a.size(), 11'600u);
                ASSERT_EQ(b.size(), a.size()) << label;
                for (std::size_t i = 0; i < a.size(); ++i) {
                    const double rounding = std::abs(a[i]) < 0.01 ? 5.1e-8 : 5.1e-6 * std::abs(a[i]);
                    most = std::max(most, std::abs(a[i] - b[i]) - rounding);
                }
                ++n_channels;
            }
        }
    }
    EXPECT_EQ(n_channels, 38u);
    EXPECT_LE(most, 0.0);
}

TEST(RealC3d, OddFilesAreReadOrRefusedWithTheirReason) {
    TONUS_NEEDS_SHARED(folder, "data/03_c3d_variants");
    const Recording analog_only = read_c3d(folder / "1123x01EMG.c3d");
    EXPECT_EQ(analog_only.infos.at(0).rate, (Rate{1000, 1}));
    EXPECT_EQ(analog_only.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(analog_only.infos[0].channels.size(), 8u);
    EXPECT_EQ(analog_only.streams[0].n_frames(), 4564u);

    const Recording gait = read_c3d(folder / "Gait.c3d", {.channels = {"LREC", "RJUM"}});
    EXPECT_EQ(gait.infos.at(0).rate, (Rate{1000, 1}));
    EXPECT_EQ(gait.infos[0].channels.at(1).unit, "V");
    EXPECT_EQ(gait.streams[0].n_frames(), 4870u);
    for (const double v : gait.streams[0].samples) ASSERT_LE(std::abs(v), 2048.0) << "12 bits";

    const Recording offsets = read_c3d(folder / "sub_labels.c3d", {.channels = {"EMG1", "FX1"}});
    ASSERT_EQ(offsets.infos.size(), 2u);
    EXPECT_EQ(offsets.infos[0].rate, (Rate{1200, 1}));
    EXPECT_FLOAT_EQ(static_cast<float>(offsets.infos[0].channels[0].scale), -0.1873f);
    EXPECT_FLOAT_EQ(static_cast<float>(offsets.infos[0].channels[0].offset), 0.1873f * 2048.0f);
    EXPECT_EQ(offsets.infos[1].channels[0].label, "EMG1");
    EXPECT_EQ(offsets.infos[1].kind, StreamKind::emg);

    EXPECT_EQ(read_c3d(folder / "bad_parameter_section.c3d", {.channels = {"EMG1"}}).infos.at(0).rate, (Rate{1200, 1}));
    const Recording dance = read_c3d(folder / "Dance.c3d");
    EXPECT_EQ(dance.streams.at(0).n_frames(), 499u);
    EXPECT_EQ(dance.trouble, "");
    const Recording overflow = read_c3d(folder / "parameterOverflow.c3d");
    EXPECT_EQ(overflow.streams.at(0).n_frames(), 101u);
    EXPECT_EQ(overflow.infos[0].channels[0].label, "PF1Fx");
    expect_error(ErrorKind::input, {"Empty.c3d", "0 bytes"}, [&] { read_c3d(folder / "Empty.c3d"); });
}

}  // namespace
}  // namespace tonus
