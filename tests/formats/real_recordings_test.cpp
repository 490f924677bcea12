// Recordings made by others, read as they are, against values that other programs read from them.

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/json.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::contains;
using test::read_json;
using test::Recording;

Recording read_real(const std::filesystem::path& path, const ReadOptions& options = {}) {
    return test::read_all(system_files(), path.string(), options);
}

/// The first `n` doubles of a file of doubles.
std::vector<double> read_doubles(const std::filesystem::path& path, std::size_t n) {
    std::vector<double> values(n);
    std::ifstream file{path, std::ios::binary};
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(n * sizeof(double)));
    EXPECT_EQ(file.gcount(), static_cast<std::streamsize>(n * sizeof(double)));
    return values;
}

std::vector<double> channel_called(const Recording& read, const std::string& label) {
    for (std::size_t s = 0; s < read.infos.size(); ++s) {
        for (std::size_t c = 0; c < read.infos[s].channels.size(); ++c) {
            if (read.infos[s].channels[c].label == label) return read.channel(s, c);
        }
    }
    ADD_FAILURE() << "no channel " << label;
    return {};
}

/// The channel of each golden item by the name our reader gives it; columns are counted without times.
const std::map<std::string, std::string> kGoldenChannels{
    {"back_test", "ch1"},    {"back_resting", "ch1"},         {"biceps_lifting", "ch1"}, {"biosppy_emg", "EMG"},
    {"openbci_ch1", "EXG Channel 0"}, {"physionet_healthy_4k", "ch1"}, {"myo_ch4_200hz", "ch4"},  {"gait_ta", "TA"},
    {"c3d_trap_sup", "Trap_sup.EMG6"}, {"c3d_trap_inf", "Trap_inf.EMG7"}, {"c3d_lat_dorsi", "Gd_dors.IM EMG13"}, {"c3d_supraspinatus", "Supra.EMG9"},
    {"c3d_infraspinatus", "Infra.EMG10"}, {"c3d_elite_rta", "Right Tibialis Anterior"}, {"delsys_hpf_ch6", "EMG Ch6"},
};

// The reference read tables with Python's csv and float(), and the others' floats as they lie: every
// sample must be equal to the last bit.
TEST(RealRecordings, SamplesAreThoseOfTheReference) {
    TONUS_NEEDS_SHARED(golden, "data/golden/list.json");
    std::size_t n_compared = 0;
    for (const json& item : read_json(golden)) {
        const std::string id = item.at("id");
        SCOPED_TRACE(id);
        ASSERT_TRUE(kGoldenChannels.count(id)) << "a new item: say which channel it is";
        ReadOptions options;
        if (id == "myo_ch4_200hz") options.rate = Rate{200, 1};
        const Recording read = read_real(test::shared_folder() / "data" / item.at("file").get<std::string>(), options);
        const std::vector<double> samples = channel_called(read, kGoldenChannels.at(id));

        const json summary = read_json(golden.parent_path() / id / "summary.json");
        const std::size_t n_first = summary.at("first_f64").at("samples_each");
        ASSERT_EQ(samples.size(), summary.at("samples").get<std::size_t>());
        EXPECT_EQ(std::vector<double>(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(n_first)),
                  read_doubles(golden.parent_path() / id / "first.f64", n_first));
        const json& raw = summary.at("whole").at("raw");
        EXPECT_EQ(samples.at(raw.at("argmin")), raw.at("min").get<double>());
        EXPECT_EQ(samples.at(raw.at("argmax")), raw.at("max").get<double>());
        for (std::size_t i = 0; i < raw.at("probe").size(); ++i) {
            EXPECT_EQ(samples.at(raw.at("probe_index")[i]), raw.at("probe")[i].get<double>());
        }
        EXPECT_DOUBLE_EQ(read.infos[0].rate.hz(), summary.at("fs").get<double>());
        EXPECT_EQ(read.trouble, "");
        ++n_compared;
    }
    EXPECT_EQ(n_compared, kGoldenChannels.size());
}

TEST(RealRecordings, TheOpenBciRecordingLostNoFrame) {
    TONUS_NEEDS_SHARED(path, "data/09_openbci_gui/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt");
    const Recording read = read_real(path);

    EXPECT_EQ(read.facts.format, "OpenBCI GUI text");
    EXPECT_EQ(read.infos.at(0).kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].channels.size(), 8u);
    EXPECT_EQ(read.streams[0].index.back() + 1, read.streams[0].n_frames());
}

// Counted with a script from the files' own times.
TEST(RealRecordings, HolesInTheTimesAreJumpsOfTheirLength) {
    {
        TONUS_NEEDS_SHARED(path, "data/12_imu_xio/sensor_data.csv");
        const Recording read = read_real(path);  // ten holes of two rows
        EXPECT_EQ(read.infos.at(0).rate, (Rate{100, 1}));
        EXPECT_EQ(read.streams[0].n_frames(), 13'514u);
        EXPECT_EQ(read.streams[0].index.back(), 13'514u - 1u + 20u);
    }
    TONUS_NEEDS_SHARED(path, "data/10_shimmer/pair_consensys.csv");
    const Recording read = read_real(path);  // one, of two rows
    EXPECT_NEAR(read.infos.at(0).rate.hz(), 32768.0 / 65.0, 1e-3);
    EXPECT_EQ(read.streams[0].n_frames(), 1482u);
    EXPECT_EQ(read.streams[0].index.back(), 1483u);
}

// The facts below were read from the bytes of the headers by hand, not by another EDF library.

TEST(RealRecordings, ElevenWaveformsInEdf) {
    TONUS_NEEDS_SHARED(path, "data/05_edf_bdf/test_generator.edf");
    const Recording read = read_real(path);

    EXPECT_EQ(read.facts.format, "EDF+C");
    EXPECT_EQ(read.facts.start, "2011-04-04T12:57:02");
    EXPECT_EQ(read.facts.duration_s, 600.0);
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].rate, (Rate{200, 1}));
    EXPECT_EQ(read.infos[0].channels.size(), 11u);
    EXPECT_EQ(read.infos[0].channels[6].label, "sine 8.1777 Hz");
    EXPECT_EQ(read.infos[0].channels[6].unit, "uV");
    EXPECT_EQ(read.streams[0].n_frames(), 120'000u);
    ASSERT_EQ(read.facts.annotations.size(), 2u);
    EXPECT_EQ(read.facts.annotations[0].text, "Recording starts");
    EXPECT_EQ(read.facts.annotations[1].onset_s, 600.0);
    EXPECT_EQ(read.trouble, "");
}

// The labels of the generator are the truth: a sine of 8.1777 Hz crosses zero that often.
TEST(RealRecordings, ASineCrossesZeroAsOftenAsItsLabelSays) {
    TONUS_NEEDS_SHARED(path, "data/05_edf_bdf/test_generator.edf");
    const Recording read = read_real(path, {.channels = {"sine 8.1777 Hz"}});
    const ChannelInfo& info = read.infos.at(0).channels.at(0);
    const std::vector<double> raw = read.channel(0, 0);
    int n_rises = 0;
    for (std::size_t i = 1; i < raw.size(); ++i) {
        n_rises += raw[i - 1] * info.scale + info.offset < 0.0 && raw[i] * info.scale + info.offset >= 0.0 ? 1 : 0;
    }
    EXPECT_NEAR(n_rises, 600 * 8.1777, 1.0);
}

TEST(RealRecordings, FiveRatesInOneBdfAreFiveStreams) {
    for (const auto& [name, seconds_per_record] : {std::pair{"test_generator.bdf", 1.0}, std::pair{"test_generator_datarec_generator_0_5.bdf", 0.5}}) {
        TONUS_NEEDS_SHARED(path, std::filesystem::path{"data/05_edf_bdf"} / name);
        const Recording read = read_real(path);

        EXPECT_EQ(read.facts.format, "BDF+C");
        EXPECT_EQ(read.facts.start, "2000-01-01T00:00:00");
        EXPECT_EQ(read.facts.duration_s, 30.0);
        ASSERT_EQ(read.infos.size(), 5u);
        const std::vector<std::uint64_t> n_per_record{1000, 800, 500, 975, 999};
        for (std::size_t s = 0; s < 5; ++s) {
            EXPECT_DOUBLE_EQ(read.infos[s].rate.hz(), static_cast<double>(n_per_record[s]) / seconds_per_record);
            EXPECT_EQ(read.streams[s].n_frames(), n_per_record[s] * static_cast<std::uint64_t>(30.0 / seconds_per_record));
            EXPECT_EQ(read.streams[s].index.back() + 1, read.streams[s].n_frames());
            EXPECT_DOUBLE_EQ(read.infos[s].channels[0].scale, 6000.0 / 16777215.0);
        }
        EXPECT_TRUE(read.facts.annotations.empty());
    }
}

TEST(RealRecordings, AStartWithAFractionOfASecondIsNoHole) {
    for (const auto& [name, text, onset_s] : {std::tuple{"test_subsecond.edf", "XLSpike", 2.3457031}, std::tuple{"test_utf8.edf", "XLSpike", 1.9511719}}) {
        TONUS_NEEDS_SHARED(path, std::filesystem::path{"data/05_edf_bdf"} / name);
        const Recording read = read_real(path);

        EXPECT_EQ(read.infos.at(0).rate, (Rate{128, 1}));
        EXPECT_EQ(read.infos[0].channels[0].label, "Fp1");
        EXPECT_LT(read.infos[0].channels[0].scale, 0.0) << "its physical range is upside down";
        EXPECT_EQ(read.streams[0].index.front(), 0u);
        EXPECT_EQ(read.streams[0].index.back(), 128u * 698u - 1u);
        ASSERT_FALSE(read.facts.annotations.empty());
        EXPECT_EQ(read.facts.annotations[0].text, text);
        EXPECT_DOUBLE_EQ(read.facts.annotations[0].onset_s, onset_s);
    }
}

TEST(RealRecordings, AnnotationsAreUtf8) {
    TONUS_NEEDS_SHARED(path, "data/05_edf_bdf/test_utf8.edf");
    const Recording read = read_real(path);

    ASSERT_EQ(read.facts.annotations.size(), 5u);
    EXPECT_EQ(read.facts.annotations[2].onset_s, 120.0);
    EXPECT_EQ(read.facts.annotations[2].text, "\xe4\xb8\xad\xe6\x96\x87\xe6\xb5\x8b\xe8\xaf\x95\xe5\x85\xab\xe4\xb8\xaa\xe5\xad\x97");
}

TEST(RealRecordings, AnImpossibleDateAndAByteTooManyAreRemarks) {
    TONUS_NEEDS_SHARED(path, "data/05_edf_bdf/test_uneven_samp.edf");
    const Recording read = read_real(path);

    EXPECT_EQ(read.facts.format, "EDF");
    EXPECT_EQ(read.facts.start, "");
    EXPECT_TRUE(contains(read.notes(), "42.00.00")) << read.notes();
    EXPECT_TRUE(contains(read.notes(), "1 byte after the last record")) << read.notes();
    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].rate, (Rate{100, 1}));
    EXPECT_EQ(read.infos[1].rate, (Rate{64, 5})) << "12.8 Hz, exactly";
    EXPECT_EQ(read.infos[0].channels[0].unit, "V");
    EXPECT_EQ(read.streams[0].n_frames(), 11'000u);
    EXPECT_EQ(read.streams[1].n_frames(), 1408u);
}

TEST(RealRecordings, ARecordingOfAnnotationsAlone) {
    TONUS_NEEDS_SHARED(path, "data/05_edf_bdf/evt.bdf");
    const Recording read = read_real(path);

    EXPECT_EQ(read.facts.format, "BDF+C");
    EXPECT_EQ(read.facts.start, "2021-08-15T10:06:29");
    EXPECT_EQ(read.infos.at(0).rate, (Rate{1, 1}));
    EXPECT_EQ(read.n_frames(), 1081u);
    ASSERT_EQ(read.facts.annotations.size(), 1081u);
    EXPECT_EQ(read.facts.annotations[0].text, "200");
    EXPECT_DOUBLE_EQ(read.facts.annotations[0].onset_s, 270.756);
    EXPECT_EQ(read.facts.annotations[0].duration_s, 0.0);
    EXPECT_EQ(read.facts.annotations.back().text, "255");
}

// Whatever else the folder holds as a table is read without trouble, or refused with a reason.
TEST(RealRecordings, EveryOtherTableIsReadOrRefusedWithItsName) {
    TONUS_NEEDS_SHARED(folder, "data");
    std::size_t n_read = 0;
    for (const std::filesystem::directory_entry& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const std::string extension = entry.path().extension().string(), name = entry.path().filename().string();
        if ((extension != ".csv" && extension != ".txt") || entry.path().string().find("golden") != std::string::npos) continue;
        SCOPED_TRACE(entry.path().string());
        try {
            const Recording read = read_real(entry.path(), {.rate = Rate{1000, 1}});
            EXPECT_EQ(read.trouble, "");
            ++n_read;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), name)) << error.what();
            EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
        }
    }
    EXPECT_GT(n_read, 20u);
}

}  // namespace
}  // namespace tonus
