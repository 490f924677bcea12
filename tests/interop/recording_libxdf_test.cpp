// A recording of ours, proofs and all, is an XDF file like any other.

#include <algorithm>

#include <gtest/gtest.h>
#include <xdf.h>

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

}  // namespace
}  // namespace tonus
