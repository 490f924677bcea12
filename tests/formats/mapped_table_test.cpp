// Tables that explain themselves nowhere, read as a person says; and what is said where the two do not fit.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

/// As a lab's own program in Germany writes it: two lines above the headings, one of units below.
const std::string kLab =
    "Labor fuer Biomechanik;;;;\r\nProband 7;;;;\r\nZeit;Kanal 1;Kanal 2;Beschl. X;Kommentar\r\nms;;;;\r\n"
    "0,0;-0,5;512;1,5;an\r\n0,5;1e-1;513;-2,5;\r\n1,0;0,25;514;0;\r\n";

CsvMap lab_map() {
    return {.delimiter = ';',
            .decimal_comma = true,
            .heading_line = 3,
            .data_line = 5,
            .time = "Zeit",
            .time_unit_s = 1e-3,
            .columns = {{.input = "Kanal 1", .name = "MF_L", .unit = "mV"},
                        {.input = "3", .name = "MF_R", .unit = "uV", .scale = 0.5, .offset = -256.0, .kind = StreamKind::emg},
                        {.input = "Beschl. X", .unit = "g"}}};
}

TEST(MappedTable, IsReadAsAPersonSaysItIs) {
    const Recording read = read_bytes("lab.csv", kLab, {.csv = lab_map()});

    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].rate, (Rate{2000, 1}));
    EXPECT_EQ(read.labels(0), (Labels{"MF_L", "MF_R"}));
    EXPECT_EQ(read.channel(0, 0), (Values{-0.5, 0.1, 0.25}));
    EXPECT_EQ(read.infos[0].channels[0].unit, "mV");
    EXPECT_EQ(read.channel(0, 1), (Values{512, 513, 514}));
    EXPECT_EQ(read.infos[0].channels[1].scale, 0.5);
    EXPECT_EQ(read.infos[0].channels[1].offset, -256.0);
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.labels(1), (Labels{"Beschl. X"}));
    EXPECT_DOUBLE_EQ(read.infos[1].channels[0].scale, 9.80665);
    EXPECT_EQ(read.notes(), "");
    EXPECT_EQ(read.trouble, "");
}

TEST(MappedTable, WithoutColumnsEveryColumnIsAChannelUnderItsHeading) {
    const Recording read = read_bytes("all.txt", "t|TA [mV]|Gyroscope X (deg/s)\n0|1|2\n0.01|3|4\n0.02|5|6\n", {.csv = CsvMap{.delimiter = '|', .heading_line = 1, .time = "t"}});

    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.labels(0), (Labels{"TA"}));
    EXPECT_EQ(read.infos[0].channels[0].unit, "mV");
    EXPECT_EQ(read.infos[1].kind, StreamKind::angular_rate);
    EXPECT_EQ(read.channel(1, 0), (Values{2, 4, 6}));
}

// A column that looks like times is none unless it is called so: the person knows better.
TEST(MappedTable, NothingIsGuessed) {
    const std::string rows = "0.0 7\n0.004 8\n0.008 9\n0.012 10\n";

    expect_error(ErrorKind::usage, {"r.txt", "sampling rate"}, [&] { read_bytes("r.txt", rows, {.csv = CsvMap{}}); });
    const Recording read = read_bytes("r.txt", rows, {.rate = Rate{100, 1}, .csv = CsvMap{}});
    EXPECT_EQ(read.labels(0), (Labels{"ch1", "ch2"}));
    EXPECT_EQ(read.channel(0, 0), (Values{0, 0.004, 0.008, 0.012}));
}

TEST(MappedTable, RowsMissingByTheTimesAreAJump) {
    const Recording read = read_bytes("gap.csv", "0;1\n10;2\n20;3\n50;4\n60;5\n70;6\n", {.csv = CsvMap{.time = "1", .time_unit_s = 1e-3, .columns = {{.input = "2", .unit = "uV"}}}});

    EXPECT_EQ(read.infos.at(0).rate, (Rate{100, 1}));
    EXPECT_EQ(read.streams[0].index, (std::vector<std::uint64_t>{0, 1, 2, 5, 6, 7}));
}

TEST(MappedTable, SaysWithLineAndColumnWhatDoesNotFit) {
    const auto refused = [](const std::string& text, const CsvMap& map, const std::vector<std::string>& parts) {
        expect_error(ErrorKind::usage, parts, [&] { read_bytes("lab.csv", text, {.rate = Rate{100, 1}, .csv = map}); });
    };
    CsvMap map = lab_map();
    map.columns[0].input = "Kanal 9";
    refused(kLab, map, {"lab.csv", "'Kanal 9'", "line 3", "1 Zeit, 2 Kanal 1"});
    map = lab_map();
    map.columns[0].input = "7";
    refused(kLab, map, {"lab.csv", "'7'"});
    map = lab_map();
    map.columns.push_back({.input = "kanal 1"});
    refused(kLab, map, {"lab.csv", "'kanal 1'", "twice"});
    map = lab_map();
    map.decimal_comma = false;
    refused(kLab, map, {"line 5, column 1 (Zeit)", "'0,0'", "decimal = \",\""});
    map = lab_map();
    map.data_line = 4;
    refused(kLab, map, {"line 4, column 1 (Zeit)", "'ms'", "data_line"});
    map = lab_map();
    map.data_line = 900;
    refused(kLab, map, {"line 900", "7 lines", "data_line"});
    map = lab_map();
    map.columns.push_back({.input = "Kommentar"});
    refused(kLab, map, {"line 5, column 5 (Kommentar)", "'an'"});
    refused("EMG,EMG\n1,2\n", {.heading_line = 1, .columns = {{.input = "EMG"}}}, {"'EMG'", "columns 1 and 2"});
    refused("1,2\n", {.columns = {{.input = "EMG"}}}, {"'EMG'", "line 1", "2 columns", "write a number"});
    refused("a;b;\n1;2;\n", {.heading_line = 1, .columns = {{.input = "3"}}}, {"'3'", "1 a, 2 b"});
}

TEST(MappedTable, ACellThatIsNoNumberIsMissingAndToldWithLineAndColumn) {
    const Recording read = read_bytes("x.csv", "1;2,5\n3;1.000,5\n5;6\n", {.rate = Rate{100, 1}, .csv = CsvMap{.decimal_comma = true}});

    EXPECT_TRUE(std::isnan(read.channel(0, 1).at(1)));
    EXPECT_TRUE(contains(read.notes(), "'1.000,5', in line 2, column 2")) << read.notes();
}

TEST(MappedTable, IsOfTextOnly) {
    std::string edf(256, ' ');
    edf.replace(0, 1, "0");
    SimFiles files;
    files.put("a.edf", test::as_bytes(edf));
    expect_error(ErrorKind::usage, {"a.edf", "EDF", "leave it out"}, [&] { open_recording(files, "a.edf", {.csv = CsvMap{}}); });
    expect_error(ErrorKind::input, {"a.bin", "binary"}, [] { read_bytes("a.bin", std::string_view{"\0\1\2\3", 4}, {.csv = CsvMap{}}); });
}

TEST(MappedTable, CutAnywhereItKeepsTheRowsBefore) {
    for (std::size_t size = 1; size <= kLab.size(); ++size) {
        try {
            const Recording read = read_bytes("lab.csv", kLab.substr(0, size), {.rate = Rate{2000, 1}, .csv = lab_map()});
            const Values whole{-0.5, 0.1, 0.25}, got = read.channel(0, 0);
            for (std::size_t f = 0; f + 1 < got.size(); ++f) EXPECT_EQ(got[f], whole[f]) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "lab.csv")) << error.what();
        }
    }
}

// Two columns without a heading, times as 1E-3 and 0.002: SOURCE.md.
TEST(MappedTable, ARealTableWithoutHeadingsIsReadByColumnNumbers) {
    TONUS_NEEDS_SHARED(path, "data/16_bmc_emg/emg.csv");
    const CsvMap map{.time = "1", .columns = {{.input = "2", .name = "biceps", .unit = "mV"}}};
    const Recording read = test::read_all(system_files(), path.string(), {.csv = map});

    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].rate, (Rate{1000, 1}));
    EXPECT_EQ(read.labels(0), (Labels{"biceps"}));
    EXPECT_EQ(read.n_frames(), 3360u);
    EXPECT_EQ(read.streams[0].index.back(), 3359u);
}

// Its times are too coarse from 10 s on; the rate is taken from the source, the times are left out.
TEST(MappedTable, TimesThatCannotBeTrustedAreLeftOut) {
    TONUS_NEEDS_SHARED(path, "data/13_physionet_emgdb/emg_healthy.txt");
    const CsvMap map{.columns = {{.input = "2", .name = "TA", .unit = "mV"}}};
    const Recording read = test::read_all(system_files(), path.string(), {.rate = Rate{4000, 1}, .csv = map});

    EXPECT_EQ(read.n_frames(), 50'860u);
    EXPECT_EQ(read.streams.at(0).index.back(), 50'859u);
}

}  // namespace
}  // namespace tonus
