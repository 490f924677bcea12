// Every file of the team's recordings by name: it opens with the facts that its SOURCE.md states, or is
// refused with what is wrong with it. A file that is not in the table fails the test. That twins agree is
// tested with their formats.

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

struct Expected {
    std::string_view file;
    std::string_view format;       ///< "refused" for what is not read
    std::string_view streams;      ///< kind, channels x frames at rate, unit of the first; of a refusal: the reason
    std::uint64_t n_lost = 0;      ///< frames missing between those that are there, in all streams
    std::size_t n_annotations = 0;
};

// Rates without a number in the file are given as 1 Hz.
constexpr Expected kExpected[] = {
    {"01_openbci_trunk_arm_csv/Back.csv", "text table", "emg 1 x 13680 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Back_resting.csv", "text table", "emg 1 x 9600 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Biceps.csv", "text table", "emg 1 x 13800 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Biceps_lifting.csv", "text table", "emg 1 x 30120 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Biceps_resting.csv", "text table", "emg 1 x 9600 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Chest.csv", "text table", "emg 1 x 18050 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Deltoids_lifting.csv", "text table", "emg 1 x 30240 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Triceps.csv", "text table", "emg 1 x 13560 at 250 -", 0, 0},
    {"01_openbci_trunk_arm_csv/Triceps_resting.csv", "text table", "emg 1 x 9840 at 250 -", 0, 0},
    {"02_c3d_shoulder_local_global/analogs.csv", "Vicon device export", "emg 38 x 11600 at 2000 V", 0, 0},
    {"02_c3d_shoulder_local_global/markers_analogs.c3d", "C3D", "emg 38 x 11600 at 2000 V", 0, 0},
    {"03_c3d_variants/1123x01EMG.c3d", "C3D", "emg 8 x 4564 at 1000 mV", 0, 0},
    {"03_c3d_variants/ADemo1_rewrite_c3d_pc_float.c3d", "C3D", "emg 8 x 1024 at 400 mV; other 8 x 1024 at 400 ADC", 0, 0},
    {"03_c3d_variants/ADemo1_rewrite_c3d_pc_integer.c3d", "C3D", "emg 8 x 1024 at 400 mV; other 8 x 1024 at 400 ADC", 0, 0},
    {"03_c3d_variants/Dance.c3d", "C3D", "emg 8 x 499 at 65.0533 V", 0, 0},
    {"03_c3d_variants/Eb015pi.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Eb015pr.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Eb015si.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Eb015sr.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Eb015vi.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Eb015vr.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/Empty.c3d", "refused", "is empty (0 bytes); the recording was not saved"},
    {"03_c3d_variants/Gait.c3d", "C3D", "other 12 x 4870 at 1000 N; emg 16 x 4870 at 1000 V", 0, 0},
    {"03_c3d_variants/TESTAPI.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/TESTBPI.c3d", "C3D", "other 16 x 1800 at 200 nt", 0, 0},
    {"03_c3d_variants/bad_parameter_section.c3d", "C3D", "emg 18 x 3320 at 1200 V; other 14 x 3320 at 1200 N", 0, 0},
    {"03_c3d_variants/parameterOverflow.c3d", "C3D", "other 18 x 101 at 100 N; emg 18 x 101 at 100 V", 0, 0},
    {"03_c3d_variants/sub_labels.c3d", "C3D", "other 18 x 6660 at 1200 N; emg 18 x 6660 at 1200 V", 0, 0},
    {"04_delsys_emg_hpf/Set1_Rep2_v3.emg", "Delsys EMGworks .emg", "emg 8 x 60000 at 2000 V", 0, 0},
    {"04_delsys_emg_hpf/Set1_Rep2_v3.emg.hpf", "Delsys EMGworks .hpf", "emg 8 x 60000 at 2000 V", 0, 0},
    {"04_delsys_emg_hpf/fail.emg", "refused", "is empty (0 bytes); the recording was not saved"},
    {"05_edf_bdf/evt.bdf", "BDF+C", "emg 1 x 1081 at 1 uV", 0, 1081},
    {"05_edf_bdf/test_generator.bdf", "BDF+C", "emg 1 x 30000 at 1000 uV; emg 1 x 24000 at 800 uV; emg 1 x 15000 at 500 uV; emg 1 x 29250 at 975 uV; emg 1 x 29970 at 999 uV", 0, 0},
    {"05_edf_bdf/test_generator.edf", "EDF+C", "emg 11 x 120000 at 200 uV", 0, 2},
    {"05_edf_bdf/test_generator_datarec_generator_0_5.bdf", "BDF+C", "emg 1 x 60000 at 2000 uV; emg 1 x 48000 at 1600 uV; emg 1 x 30000 at 1000 uV; emg 1 x 58500 at 1950 uV; emg 1 x 59940 at 1998 uV", 0, 0},
    {"05_edf_bdf/test_subsecond.edf", "EDF+C", "emg 1 x 89344 at 128 uV", 0, 4},
    {"05_edf_bdf/test_uneven_samp.edf", "EDF", "emg 1 x 11000 at 100 V; emg 1 x 1408 at 12.8 uV", 0, 0},
    {"05_edf_bdf/test_utf8.edf", "EDF+C", "emg 1 x 89344 at 128 uV", 0, 5},
    {"06_xdf/clock_resets.xdf", "XDF", "emg 8 x 27815 at 100 -", 27355, 175},
    {"06_xdf/empty_streams.xdf", "XDF", "other 1 x 0 at 1 -; other 1 x 10 at 1 -", 0, 1},
    {"06_xdf/minimal.xdf", "XDF", "emg 3 x 9 at 10 -", 0, 9},
    {"07_wfdb/100_3chan.hea", "WFDB", "emg 3 x 999 at 360 mV", 0, 0},
    {"07_wfdb/310derive.hea", "WFDB", "emg 2 x 1026 at 250 mV", 0, 0},
    {"07_wfdb/311derive.hea", "WFDB", "emg 1 x 1026 at 250 mV", 0, 0},
    {"07_wfdb/binformats.hea", "WFDB", "emg 10 x 499 at 200 mV", 0, 0},
    {"07_wfdb/s0010_re.hea", "WFDB", "emg 15 x 38400 at 1000 mV", 0, 0},
    {"07_wfdb/test01_00s.hea", "WFDB", "ecg 4 x 4000 at 500 mV", 0, 0},
    {"07_wfdb/test01_00s_frame.hea", "WFDB", "ecg 2 x 4000 at 500 mV; ecg 1 x 8000 at 1000 mV", 0, 0},
    {"07_wfdb/test01_00s_skew.hea", "WFDB", "ecg 4 x 4000 at 500 mV", 0, 0},
    {"07_wfdb/test01_00s_skewframe.hea", "WFDB", "ecg 2 x 4000 at 500 mV; ecg 1 x 8000 at 1000 mV", 0, 0},
    {"08_bitalino_opensignals_txt/OSmontage1A.txt", "OpenSignals text", "other 6 x 24480 at 100 -; ecg 1 x 24480 at 100 mV", 0, 0},
    {"08_bitalino_opensignals_txt/OSmontagePPG.txt", "OpenSignals text", "other 1 x 60001 at 125 -", 0, 0},
    {"08_bitalino_opensignals_txt/acc.txt", "Simple Text Format", "acceleration 3 x 2000 at 100 m/s^2", 0, 0},
    {"08_bitalino_opensignals_txt/ecg.txt", "Simple Text Format", "ecg 1 x 15000 at 1000 -", 0, 0},
    {"08_bitalino_opensignals_txt/emg.txt", "Simple Text Format", "emg 1 x 100000 at 1000 -", 0, 0},
    {"08_bitalino_opensignals_txt/resp.txt", "Simple Text Format", "other 1 x 60000 at 1000 -", 0, 0},
    {"09_openbci_gui/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt", "OpenBCI GUI text", "emg 8 x 22490 at 250 uV; acceleration 3 x 22490 at 250 m/s^2; other 9 x 22490 at 250 -", 0, 0},
    {"10_shimmer/pair_consensys.csv", "Shimmer Consensys CSV", "other 1 x 1482 at 504.123 -", 2, 0},
    {"10_shimmer/pair_raw.bin", "Shimmer3 log", "acceleration 3 x 1482 at 504.123 m/s^2; other 2 x 1482 at 504.123 -", 4, 0},
    {"10_shimmer/single_sample.bin", "Shimmer3 log", "acceleration 3 x 22244 at 504.123 m/s^2; other 2 x 22244 at 504.123 -", 20, 0},
    {"11_imu_broad/01_undisturbed_slow_rotation_A.mat", "MATLAB v5", "angular_rate 3 x 56940 at 285.714 -; acceleration 3 x 56940 at 285.714 -; other 7 x 56940 at 285.714 -; orientation 4 x 56940 at 285.714 -", 0, 0},
    {"11_imu_broad/01_undisturbed_slow_rotation_A_40s.csv", "text table", "angular_rate 3 x 11428 at 285.714 rad/s; acceleration 3 x 11428 at 285.714 m/s^2; other 4 x 11428 at 285.714 uT; orientation 4 x 11428 at 285.714 -", 0, 0},
    {"11_imu_broad/18_undisturbed_fast_translation_with_breaks_B.mat", "MATLAB v5", "angular_rate 3 x 53124 at 285.714 -; acceleration 3 x 53124 at 285.714 -; other 7 x 53124 at 285.714 -; orientation 4 x 53124 at 285.714 -", 0, 0},
    {"11_imu_broad/18_undisturbed_fast_translation_with_breaks_B_40s.csv", "text table", "angular_rate 3 x 11428 at 285.714 rad/s; acceleration 3 x 11428 at 285.714 m/s^2; other 4 x 11428 at 285.714 uT; orientation 4 x 11428 at 285.714 -", 0, 0},
    {"12_imu_xio/sensor_data.csv", "text table", "angular_rate 3 x 13514 at 100 rad/s; acceleration 3 x 13514 at 100 m/s^2; other 3 x 13514 at 100 uT", 60, 0},
    {"13_physionet_emgdb/emg_healthy.txt", "text table", "emg 1 x 50860 at 4000 -", 0, 0},
    {"14_myo_features_matlab/emg_data_myo.csv", "text table", "emg 8 x 500 at 1 -", 0, 0},
    {"15_gait_synergies/filt_emg_normalised.csv", "text table", "emg 13 x 600 at 1 -", 0, 0},
    {"15_gait_synergies/raw_emg_uv.csv", "text table", "emg 13 x 7618 at 1000 -", 0, 0},
    {"16_bmc_emg/emg.csv", "text table", "emg 1 x 3360 at 1000 -", 0, 0},
};

/// Results of computations and tables about recordings: read as tables, or refused; no recording either way.
bool is_no_recording(const std::string& file) {
    for (const char* part : {"SOURCE.md", "README.md", "LICENSE", "matlab_", "syns_", "cycles.csv", "published_rmse.csv"}) {
        if (file.find(part) != std::string::npos) return true;
    }
    // Samples beside a WFDB header, which names them.
    const std::string folder = "07_wfdb/";
    return file.compare(0, folder.size(), folder) == 0 && file.find(".hea") == std::string::npos;
}

std::string streams_of(const test::Recording& read) {
    std::string text;
    for (std::size_t s = 0; s < read.infos.size(); ++s) {
        const StreamInfo& info = read.infos[s];
        text += fmt::format("{}{} {} x {} at {:g} {}", s == 0 ? "" : "; ", stream_kind_name(info.kind), info.channels.size(), read.streams[s].n_frames(),
                            info.rate.hz(), info.channels[0].unit.empty() ? "-" : info.channels[0].unit);
    }
    return text;
}

std::uint64_t n_lost(const test::Recording& read) {
    std::uint64_t n = 0;
    for (const test::CollectFrames::Stream& stream : read.streams) {
        if (!stream.index.empty()) n += stream.index.back() + 1 - stream.n_frames();
    }
    return n;
}

/// Reads a file; where it does not say its rate, as one frame a second.
test::Recording read(const std::filesystem::path& path) {
    try {
        return test::read_all(system_files(), path.string());
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
        return test::read_all(system_files(), path.string(), {.rate = Rate{1, 1}});
    }
}

TEST(EveryRecording, OpensWithItsFactsOrIsRefusedWithItsDamage) {
    TONUS_NEEDS_SHARED(folder, "data");
    std::map<std::string, Expected> expected;
    for (const Expected& row : kExpected) expected[std::string{row.file}] = row;
    std::size_t n_seen = 0;
    for (const std::filesystem::directory_entry& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const std::string file = std::filesystem::relative(entry.path(), folder).string();
        const bool in_folder = file.find('/') != std::string::npos;
        if (!entry.is_regular_file() || !in_folder || file.compare(0, 7, "golden/") == 0 || is_no_recording(file)) continue;
        SCOPED_TRACE(file);
        ++n_seen;
        ASSERT_TRUE(expected.contains(file)) << "it is not in the table";
        const Expected& row = expected[file];
        if (row.format == "refused") {
            test::expect_error(ErrorKind::input, {entry.path().filename().string(), std::string{row.streams}}, [&] { read(entry.path()); });
            continue;
        }
        const test::Recording got = read(entry.path());
        EXPECT_EQ(got.facts.format, row.format);
        EXPECT_EQ(streams_of(got), row.streams);
        EXPECT_EQ(n_lost(got), row.n_lost);
        EXPECT_EQ(got.facts.annotations.size(), row.n_annotations);
        EXPECT_EQ(got.trouble, "");
    }
    EXPECT_EQ(n_seen, expected.size()) << "every row is of a file that is there";
}

}  // namespace
}  // namespace tonus
