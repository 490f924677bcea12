// Our files opened by Debian's libraries of the formats: EDFlib and libxdf.

#include <cmath>
#include <filesystem>

#include <edflib.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <xdf.h>

#include "engine/formats/convert.hpp"
#include "engine/formats/xdf_blocks.hpp"
#include "tests/core/bytes.hpp"

namespace tonus {
namespace {

constexpr double kRateHz = 1000.0;

double first_channel(int i) { return 300.0 * std::sin(0.05 * i); }
double second_channel(int i) { return 20'000.0 + i % 100; }

/// A folder of its own with a recording of two channels and a remark, which goes with the test.
class Interop : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("tonus_interop_" + std::to_string(getpid()));
        std::filesystem::create_directory(folder_);
        std::string xdf;
        formats::append_xdf_begin(xdf, "<datetime>2026-11-21T10:20:30</datetime>");
        formats::append_xdf_stream(xdf, 1, {.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}, .type = SampleType::float32,
                                            .channels = {{.label = "MF_L"}, {.label = "MF_R"}}});
        formats::append_xdf_text_stream(xdf, 2, "marks", "Markers");
        std::vector<float> samples;
        for (int i = 0; i < 3000; ++i) {
            samples.push_back(static_cast<float>(first_channel(i)));
            samples.push_back(static_cast<float>(second_channel(i)));
        }
        formats::append_xdf_frames(xdf, 1, 0.0, raw_frames(std::span<const float>{samples}, 2));
        formats::append_xdf_text(xdf, 2, 1.5, "squat");
        const std::unique_ptr<OutputFile> file = system_files().create(path("in.xdf"), IfExists::fail);
        ASSERT_TRUE(file->write(test::as_bytes(xdf)).ok());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string converted(const std::string& name) const {
        convert_recording(system_files(), path("in.xdf"), path(name), {}, {}, [](double) {});
        return path(name);
    }

private:
    std::filesystem::path folder_;
};

TEST_F(Interop, EdflibReadsOurEdfAndBdf) {
    for (const auto& [name, type, step_uv] : {std::tuple{"out.edf", EDFLIB_FILETYPE_EDFPLUS, 600.0 / 65'534}, {"out.bdf", EDFLIB_FILETYPE_BDFPLUS, 600.0 / 16'777'214}}) {
        edf_hdr_struct head{};
        ASSERT_EQ(edfopen_file_readonly(converted(name).c_str(), &head, EDFLIB_READ_ALL_ANNOTATIONS), 0) << head.filetype;
        EXPECT_EQ(head.filetype, type);
        ASSERT_EQ(head.edfsignals, 2);
        EXPECT_EQ(head.datarecords_in_file, 3);
        EXPECT_EQ(head.startdate_year, 2026);
        EXPECT_EQ(head.starttime_second, 30);
        EXPECT_EQ(std::string{head.signalparam[0].label}.substr(0, 4), "MF_L");
        EXPECT_EQ(std::string{head.signalparam[1].physdimension}.substr(0, 2), "uV");
        EXPECT_EQ(head.signalparam[0].smp_in_file, 3000);
        std::vector<double> first(3000), second(3000);
        EXPECT_EQ(edfread_physical_samples(head.handle, 0, 3000, first.data()), 3000);
        EXPECT_EQ(edfread_physical_samples(head.handle, 1, 3000, second.data()), 3000);
        for (int i = 0; i < 3000; ++i) {
            ASSERT_NEAR(first[static_cast<std::size_t>(i)], first_channel(i), 0.51 * step_uv + 1e-4) << i;  // float32 holds 1e-5 of 300
            ASSERT_NEAR(second[static_cast<std::size_t>(i)], second_channel(i), 0.51 * 99.0 / 65'534 + 1e-3) << i;
        }
        ASSERT_EQ(head.annotations_in_file, 1);
        edf_annotation_struct note{};
        EXPECT_EQ(edf_get_annotation(head.handle, 0, &note), 0);
        EXPECT_STREQ(note.annotation, "squat");
        EXPECT_EQ(note.onset, 15'000'000);  // in 100 ns
        edfclose_file(head.handle);
    }
}

TEST_F(Interop, LibxdfReadsOurXdf) {
    Xdf xdf;
    testing::internal::CaptureStdout();  // it prints while it reads
    const int code = xdf.load_xdf(converted("out.xdf"));
    testing::internal::GetCapturedStdout();
    ASSERT_EQ(code, 0);
    ASSERT_EQ(xdf.streams.size(), 2u);
    const Xdf::Stream& emg = xdf.streams[0];
    EXPECT_EQ(emg.info.name, "emg");
    EXPECT_EQ(emg.info.nominal_srate, kRateHz);
    ASSERT_EQ(emg.time_series.size(), 2u);
    ASSERT_EQ(emg.time_series[0].size(), 3000u);
    ASSERT_EQ(emg.time_stamps.size(), 3000u);
    for (std::size_t i = 0; i < 3000; ++i) {
        ASSERT_EQ(emg.time_series[0][i], static_cast<float>(first_channel(static_cast<int>(i))));
        ASSERT_NEAR(emg.time_stamps[i], static_cast<double>(i) / kRateHz, 1e-9);
    }
    ASSERT_EQ(xdf.eventMap.size(), 1u);
    EXPECT_EQ(xdf.eventMap[0].first.first, "squat");
    EXPECT_NEAR(xdf.eventMap[0].first.second, 1.5, 1e-9);
}

}  // namespace
}  // namespace tonus
