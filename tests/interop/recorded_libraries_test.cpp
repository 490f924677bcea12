// A recording of ours, proofs and all, is an XDF file like any other.

#include <algorithm>
#include <cmath>

#include <edflib.h>
#include <gtest/gtest.h>
#include <xdf.h>

#include "engine/formats/convert.hpp"
#include "tests/support/recorder_drive.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using Recorded = test::TempFolder;

TEST_F(Recorded, OpensInLibxdfWithEqualValues) {
    test::RecorderDrive drive{system_files(), path("r.xdf")};
    drive.begin();
    drive.run_s(1.0);
    drive.recorder.event({.kind = EventKind::gap, .time_s = 1.0, .first_frame = 1000, .n_frames = 50});
    drive.run_s(0.5);
    drive.end();

    Xdf xdf;
    testing::internal::CaptureStdout();  // it prints while it reads
    const int code = xdf.load_xdf(path("r.xdf"));
    testing::internal::GetCapturedStdout();
    ASSERT_EQ(code, 0);
    const auto named = [&](const char* name) {
        return std::find_if(xdf.streams.begin(), xdf.streams.end(), [&](const Xdf::Stream& stream) { return stream.info.name == name; });
    };
    const auto emg = named("emg"), results = named("tonus_results");
    ASSERT_NE(emg, xdf.streams.end());
    ASSERT_NE(results, xdf.streams.end());
    EXPECT_EQ(results->time_series[0].size(), 150u);
    EXPECT_EQ(emg->info.nominal_srate, 1000.0);
    ASSERT_EQ(emg->time_series.size(), 4u);
    for (std::size_t ch = 0; ch < 4; ++ch) {
        ASSERT_EQ(emg->time_series[ch].size(), 1500u);
        for (std::size_t i = 0; i < 1500; ++i) ASSERT_EQ(emg->time_series[ch][i], static_cast<float>(test::true_value(0, ch, i))) << ch << " " << i;
    }
    EXPECT_NEAR(emg->time_stamps[1499] - emg->time_stamps[0], 1.499, 1e-6);
    EXPECT_TRUE(std::any_of(xdf.eventMap.begin(), xdf.eventMap.end(), [](const auto& event) { return event.first.first.find("\"gap\"") != std::string::npos; }));
}

// EDFlib opens nothing that is discontinuous: streams that begin a moment after each other are not, nor are short gaps.
TEST_F(Recorded, OpensInEdflibWithEqualValues) {
    test::RecorderDrive drive{system_files(), path("r.xdf")};
    drive.begin();
    drive.run_s(1.0);
    drive.lose(0, 50);
    drive.run_s(1.0);
    drive.end();
    convert_recording(system_files(), path("r.xdf"), path("r.bdf"), {}, {}, [](double) {});

    edf_hdr_struct head{};
    ASSERT_EQ(edfopen_file_readonly(path("r.bdf").c_str(), &head, EDFLIB_READ_ALL_ANNOTATIONS), 0) << head.filetype;
    ASSERT_GE(head.edfsignals, 7);
    const std::int64_t n_samples = head.signalparam[0].smp_in_file;
    ASSERT_GE(n_samples, 2050);
    std::vector<double> values(static_cast<std::size_t>(n_samples));
    std::size_t n_equal = 0;
    for (int ch = 0; ch < 4; ++ch) {
        ASSERT_EQ(edfread_physical_samples(head.handle, ch, static_cast<int>(n_samples), values.data()), n_samples);
        const double step = (head.signalparam[ch].phys_max - head.signalparam[ch].phys_min) / (head.signalparam[ch].dig_max - head.signalparam[ch].dig_min);
        const auto expected = [&](std::size_t i) { return 0.5 * test::true_value(0, static_cast<std::size_t>(ch), i); };
        const auto first = std::find_if(values.begin(), values.end(), [&](double value) { return std::abs(value - expected(0)) <= step; });
        ASSERT_LE(first + 2050, values.end()) << "channel " << ch;
        for (std::size_t i = 0; i < 2050; ++i) {
            const bool lost = i >= 1000 && i < 1050;
            n_equal += !lost && std::abs(first[static_cast<std::ptrdiff_t>(i)] - expected(i)) <= step ? 1u : 0u;
        }
    }
    EXPECT_EQ(n_equal, 4u * 2000u);
    edfclose_file(head.handle);
}

}  // namespace
}  // namespace tonus
