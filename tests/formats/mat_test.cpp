// MATLAB files: the team's vector, real compressed ones against their own table, and our own.

#include <cmath>

#include <gtest/gtest.h>

#include "engine/formats/convert.hpp"
#include "engine/formats/xdf_blocks.hpp"
#include "tests/formats/collect.hpp"
#include "tests/formats/file_vectors.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::Recording;
using Values = std::vector<double>;

/// Two streams as Tonus writes them, 100 frames of two channels and 10 of one.
std::string small_mat() {
    SimFiles files;
    std::string xdf;
    formats::append_xdf_begin(xdf);
    formats::append_xdf_stream(xdf, 1, {.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}, .type = SampleType::int32, .channels = {{.label = "TA", .unit = "mV", .scale = 0.5}, {.label = "GM", .unit = "mV"}}});
    formats::append_xdf_stream(xdf, 2, {.name = "acc", .kind = StreamKind::acceleration, .rate = {100, 1}, .type = SampleType::int32, .channels = {{.label = "ACC X", .unit = "m/s^2"}}});
    std::vector<std::int32_t> samples(200);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::int32_t>(i);
    formats::append_xdf_frames(xdf, 1, 0.0, raw_frames(std::span<const std::int32_t>{samples}, 2));
    formats::append_xdf_frames(xdf, 2, 0.0, raw_frames(std::span<const std::int32_t>{samples}.first(10), 1));
    files.put("in.xdf", test::as_bytes(xdf));
    convert_recording(files, "in.xdf", "out.mat", {}, {}, [](double) {});
    return test::as_text(files.content("out.mat"));
}

TEST(Mat, WhatIsWrittenIsReadBack) {
    const Recording read = test::read_bytes("small.mat", small_mat());
    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].name, "emg");
    EXPECT_EQ(read.infos[0].rate, (Rate{1000, 1}));
    EXPECT_EQ(read.labels(0), (std::vector<std::string>{"TA", "GM"}));
    EXPECT_EQ(read.infos[0].channels[1].unit, "mV");
    EXPECT_EQ(read.streams[0].n_frames(), 100u);
    EXPECT_EQ(read.channel(0, 0)[99], 99.0);  // in mV
    EXPECT_EQ(read.channel(0, 1)[99], 199.0);
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.channel(1, 0).size(), 10u);
}

TEST(Mat, CutAnywhereItIsRefusedOrReadToItsLastWholeVariable) {
    const std::string bytes = small_mat();
    for (std::size_t size = 1; size < bytes.size(); size += size < 400 ? 1 : 7) {
        try {
            const Recording read = test::read_bytes("cut.mat", bytes.substr(0, size), {.rate = Rate{1000, 1}});
            EXPECT_LE(read.n_frames(), 210u);
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "cut.mat")) << error.what();
        }
    }
}

TEST(Mat, OneWrongByteNeverMakesMoreThanTheFileHolds) {
    const std::string bytes = small_mat();
    for (std::size_t at = 0; at < bytes.size(); at += at < 300 ? 1 : 13) {
        for (const char wrong : {'\0', '\xff', '\x0f', '\x0e'}) {
            std::string damaged = bytes;
            damaged[at] = wrong;
            try {
                EXPECT_LE(test::read_bytes("bad.mat", damaged, {.rate = Rate{1000, 1}}).n_frames(), bytes.size()) << at;
            } catch (const Error& error) {
                EXPECT_TRUE(contains(error.what(), "bad.mat")) << error.what();
            }
        }
    }
}

TEST(MatVectors, TheSharedVector) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const std::string bytes = test::bytes_of_hex(test::file_vectors().at("mat_v5").at("hex"));
    const Recording read = test::read_bytes("vector.mat", bytes, {.rate = Rate{1000, 1}});
    EXPECT_EQ(read.streams.at(0).samples, (Values{1.5, -2.0}));
    expect_error(ErrorKind::usage, {"vector.mat", "rate="}, [&] { test::read_bytes("vector.mat", bytes); });
}

// The table is an extract that the team made of the same file with another reader.
TEST(RealMat, ACompressedTrialAgreesWithItsTable) {
    TONUS_NEEDS_SHARED(folder, "data/11_imu_broad");
    const Recording mat = test::read_all(system_files(), (folder / "01_undisturbed_slow_rotation_A.mat").string());
    const Recording table = test::read_all(system_files(), (folder / "01_undisturbed_slow_rotation_A_40s.csv").string());
    EXPECT_EQ(mat.trouble, "");
    std::size_t gyr = 0;
    while (gyr < mat.infos.size() && mat.infos[gyr].kind != StreamKind::angular_rate) ++gyr;
    ASSERT_LT(gyr, mat.infos.size());
    EXPECT_NEAR(mat.infos[gyr].rate.hz(), 285.714, 1e-3);
    EXPECT_EQ(mat.infos[gyr].channels[0].label, "imu_gyr_1");
    std::size_t gx = 0;
    while (gx < table.infos.size() && table.infos[gx].kind != StreamKind::angular_rate) ++gx;
    ASSERT_LT(gx, table.infos.size());
    const Values whole = mat.channel(gyr, 2), part = table.channel(gx, 2);
    const auto close = [](double a, double b) { return std::abs(a - b) < 1e-6; };
    EXPECT_NE(std::search(whole.begin(), whole.end(), part.begin(), part.end(), close), whole.end());
}

}  // namespace
}  // namespace tonus
