// EDF and BDF files made byte by byte, whole and damaged.

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/formats/edf_file.hpp"

namespace tonus {
namespace {

using test::contains;
using test::edf_annotations;
using test::edf_times;
using test::EdfFile;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using namespace std::string_literals;
using Indices = std::vector<std::uint64_t>;
using Values = std::vector<double>;

/// Three records of two EMG channels at 4 Hz and a movement channel at 2 Hz, with annotations.
EdfFile small_file() {
    EdfFile file{.reserved = "EDF+C",
                 .signals = {{.label = "EMG TA"}, {.label = "EMG GM"}, {.label = "ACC X", .unit = "g", .n_samples = 2}, edf_annotations()}};
    file.add_record({1, 2, 3, 4, -1, -2, -3, -4, 100, 101}, edf_times(0));
    file.add_record({5, 6, 7, 8, -5, -6, -7, -8, 102, 103}, edf_times(1));
    file.add_record({9, 10, 11, 32000, -9, -10, -11, -32000, 104, 105}, edf_times(2));
    return file;
}

TEST(Edf, GivesTheCountsWithTheirScaleAndRate) {
    const Recording read = read_bytes("small.edf", small_file().bytes());

    EXPECT_EQ(read.facts.format, "EDF+C");
    EXPECT_EQ(read.facts.start, "2026-11-21T10:20:30");
    EXPECT_EQ(read.facts.duration_s, 3.0);
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].type, SampleType::int32);
    EXPECT_EQ(read.infos[0].rate, (Rate{4, 1}));
    EXPECT_EQ(read.infos[0].device_id, "file:small.edf");
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 32000}));
    EXPECT_EQ(read.channel(0, 1).back(), -32000);
    const ChannelInfo& emg = read.infos[0].channels[0];
    EXPECT_EQ(emg.unit, "uV");
    EXPECT_DOUBLE_EQ(emg.scale, 0.1);
    EXPECT_NEAR(emg.offset, 0.0, 1e-9);
    EXPECT_EQ(emg.raw_min, -32000.0);
    EXPECT_EQ(emg.raw_max, 32000.0);

    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[1].rate, (Rate{2, 1}));
    EXPECT_EQ(read.infos[1].channels[0].unit, "m/s^2");
    EXPECT_EQ(read.channel(1, 0), (Values{100, 101, 102, 103, 104, 105}));
    EXPECT_EQ(read.trouble, "");
}

TEST(Edf, AnOffsetComesFromRangesThatAreNotSymmetric) {
    EdfFile file{.signals = {{.physical_min = "0", .physical_max = "3.3", .digital_min = "0", .digital_max = "1023"}}};
    file.add_record({0, 512, 1023, 1});
    const ChannelInfo channel = read_bytes("o.edf", file.bytes()).infos.at(0).channels.at(0);

    EXPECT_DOUBLE_EQ(0 * channel.scale + channel.offset, 0.0);
    EXPECT_DOUBLE_EQ(1023 * channel.scale + channel.offset, 3.3);

    EdfFile tilted{.signals = {{.label = "ACC X", .unit = "g", .physical_min = "-2", .physical_max = "6", .digital_min = "0", .digital_max = "1000"}}};
    tilted.add_record({0, 250, 1000, 1});
    const ChannelInfo acceleration = read_bytes("o.edf", tilted.bytes()).infos.at(0).channels.at(0);
    EXPECT_EQ(acceleration.unit, "m/s^2");
    EXPECT_NEAR(250 * acceleration.scale + acceleration.offset, 0.0, 1e-12);
    EXPECT_NEAR(1000 * acceleration.scale + acceleration.offset, 6 * 9.80665, 1e-12);
}

TEST(Edf, TheRateIsExactEvenWhereTheRecordIsAFractionOfASecond) {
    for (const auto& [record_s, n_samples, rate] : {std::tuple{"0.27", 520u, Rate{52'000, 27}}, {"0.027", 58u, Rate{58'000, 27}},
                                                    {"10", 128u, Rate{64, 5}}, {"1", 2000u, Rate{2000, 1}}, {".5", 4u, Rate{8, 1}}, {"2.50E-01", 4u, Rate{16, 1}}}) {
        EdfFile file{.record_s = record_s, .signals = {{.n_samples = n_samples}}};
        file.add_record({});
        EXPECT_EQ(read_bytes("r.edf", file.bytes()).infos.at(0).rate, rate) << record_s;
    }
}

TEST(Edf, TwentyFourBitsKeepTheirSign) {
    EdfFile file{.bdf = true, .signals = {{.digital_min = "-8388608", .digital_max = "8388607"}}};
    file.add_record({-1, -8388608, 8388607, 0x123456});

    const Recording read = read_bytes("s.bdf", file.bytes());
    EXPECT_EQ(read.facts.format, "BDF");
    EXPECT_EQ(read.channel(0, 0), (Values{-1, -8388608, 8388607, 0x123456}));
}

TEST(Edf, AHoleBetweenRecordsIsAJumpOfTheIndex) {
    EdfFile file{.reserved = "EDF+D", .signals = {{.n_samples = 4}, {.label = "ACC", .n_samples = 2}, edf_annotations()}};
    file.add_record({1, 2, 3, 4, 10, 11}, edf_times(0.25));  // the file's start is a quarter second late
    file.add_record({5, 6, 7, 8, 12, 13}, edf_times(1.25));
    file.add_record({9, 9, 9, 9, 14, 15}, edf_times(12.75));

    const Recording read = read_bytes("d.edf", file.bytes());
    EXPECT_EQ(read.facts.format, "EDF+D");
    EXPECT_EQ(read.infos.at(0).jump_cause, GapCause::recording);
    EXPECT_EQ(read.streams[0].index, (Indices{0, 1, 2, 3, 4, 5, 6, 7, 50, 51, 52, 53}));
    EXPECT_EQ(read.streams[1].index, (Indices{0, 1, 2, 3, 25, 26}));
    EXPECT_EQ(read.facts.duration_s, 13.5);
    EXPECT_EQ(read.notes(), "");
}

TEST(Edf, ARecordWithoutAPossibleTimeFollowsTheOneBeforeWithANote) {
    EdfFile file{.reserved = "EDF+D", .signals = {{.n_samples = 4}, edf_annotations()}};
    file.add_record({1, 2, 3, 4}, edf_times(0));
    file.add_record({5, 6, 7, 8}, "rubbish");
    file.add_record({5, 6, 7, 8}, edf_times(0.5));
    file.add_record({5, 6, 7, 8}, edf_times(99'999'999));

    const Recording read = read_bytes("d.edf", file.bytes());
    EXPECT_EQ(read.streams.at(0).index.back(), 15u);
    EXPECT_TRUE(contains(read.notes(), "record 2 has no time")) << read.notes();
    EXPECT_TRUE(contains(read.notes(), "record 3 has a time that cannot be")) << read.notes();
    EXPECT_TRUE(contains(read.notes(), "record 4 has a time that cannot be")) << read.notes();
}

// Each leap could be a hole; together they are beyond what stamps in nanoseconds hold.
TEST(Edf, LeapsThatAddUpToCenturiesAreNotBelieved) {
    EdfFile file{.reserved = "EDF+D", .signals = {{.n_samples = 1}, edf_annotations()}};
    for (int i = 0; i < 20'000; ++i) file.add_record({i}, edf_times(600'000.0 * i));

    const Recording read = read_bytes("leaps.edf", file.bytes());  // reading checks the order of the stamps
    EXPECT_EQ(read.n_frames(), 20'000u);
    EXPECT_LE(*read.facts.duration_s, 1.1e9);
}

TEST(Edf, OnlyTheFirstListOfARecordIsItsTime) {
    EdfFile file{.reserved = "EDF+D", .signals = {{}, edf_annotations()}};
    file.add_record({1, 2, 3, 4}, edf_times(0));
    file.add_record({5, 6, 7, 8}, "+1\x14squat\x14\0+9\x14\x14\0"s);

    const Recording read = read_bytes("d.edf", file.bytes());
    EXPECT_EQ(read.streams.at(0).index.back(), 7u);
    EXPECT_TRUE(contains(read.notes(), "record 2 has no time")) << read.notes();
}

TEST(Edf, RecordsBeyondTheStatedNumberAreLeftOutWithANote) {
    EdfFile file = small_file();
    file.n_records = "2";

    const Recording read = read_bytes("more.edf", file.bytes());
    EXPECT_EQ(read.streams.at(0).n_frames(), 8u);
    EXPECT_EQ(read.trouble, "");
    EXPECT_TRUE(contains(read.notes(), "60 bytes after the last record")) << read.notes();
}

TEST(Edf, RecordsThatWouldLastDecadesAreRefused) {
    EdfFile file{.record_s = "99999999", .signals = {{.n_samples = 200}}};
    for (int i = 0; i < 150; ++i) file.add_record({});

    expect_error(ErrorKind::input, {"slow.edf", "byte 244", "decades"}, [&] { read_bytes("slow.edf", file.bytes()); });
}

TEST(Edf, AnnotationsHaveOnsetDurationAndText) {
    EdfFile file{.reserved = "EDF+C", .signals = {{}, edf_annotations("EDF Annotations", 60)}};
    file.add_record({1, 2, 3, 4}, edf_times(0, "+0.5\x14start\x14squat\x14\0-1.25\x15" "0.5\x14\xc2\xb5V ok\x14\0"s));

    const std::vector<RecordingNote> notes = read_bytes("a.edf", file.bytes()).facts.annotations;
    ASSERT_EQ(notes.size(), 3u);
    EXPECT_EQ(notes[0].onset_s, 0.5);
    EXPECT_FALSE(notes[0].duration_s);
    EXPECT_EQ(notes[0].text, "start");
    EXPECT_EQ(notes[1].text, "squat");
    EXPECT_EQ(notes[2].onset_s, -1.25);
    EXPECT_EQ(notes[2].duration_s, 0.5);
    EXPECT_EQ(notes[2].text, "\xc2\xb5V ok");
}

TEST(Edf, ARecordingThatWasNeverClosedIsReadToItsLastWholeRecord) {
    EdfFile file = small_file();
    file.n_records = "-1";
    const std::string bytes = file.bytes();

    const Recording whole = read_bytes("open.edf", bytes);
    EXPECT_EQ(whole.streams.at(0).n_frames(), 12u);
    EXPECT_EQ(whole.trouble, "");
    EXPECT_TRUE(contains(whole.notes(), "never written")) << whole.notes();
    const Recording cut = read_bytes("open.edf", bytes.substr(0, bytes.size() - 1));
    EXPECT_EQ(cut.streams.at(0).n_frames(), 8u);
    EXPECT_TRUE(contains(cut.trouble, "truncated")) << cut.trouble;
}

TEST(Edf, CutAnywhereItIsRefusedOrReadToItsLastWholeRecord) {
    const EdfFile file = small_file();
    const std::string bytes = file.bytes();
    const std::size_t record_bytes = file.records[0].size();
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        if (size < file.header_bytes()) {
            expect_error(ErrorKind::input, {"cut.edf"}, [&] { read_bytes("cut.edf", bytes.substr(0, size)); });
            continue;
        }
        const std::size_t n_whole = (size - file.header_bytes()) / record_bytes;
        const Recording read = read_bytes("cut.edf", bytes.substr(0, size));
        EXPECT_EQ(read.streams.at(0).n_frames(), 4 * n_whole) << size;
        EXPECT_EQ(contains(read.trouble, "truncated"), n_whole < 3) << size << read.trouble;
    }
}

TEST(Edf, OneWrongByteInTheHeaderNeverMakesMoreThanTheFileHolds) {
    for (const bool bdf : {false, true}) {
        EdfFile file = small_file();
        if (bdf) {
            file = {.bdf = true, .reserved = "BDF+D", .signals = {{}, edf_annotations("BDF Annotations")}};
            file.add_record({1, 2, 3, 4}, edf_times(0));
            file.add_record({1, 2, 3, 4}, edf_times(1));
        }
        const std::string bytes = file.bytes();
        const std::size_t n_data_bytes = bytes.size() - 256;
        for (std::size_t at = 0; at < file.header_bytes(); ++at) {
            for (const char wrong : {'\0', '\xff', '9', ' ', '-', '.', '0', '\n'}) {
                std::string damaged = bytes;
                damaged[at] = wrong;
                try {
                    const Recording read = read_bytes("bad.edf", damaged);
                    std::size_t n_bytes = 0;
                    for (const auto& stream : read.streams) n_bytes += stream.samples.size() * (bdf ? 3 : 2);
                    EXPECT_LE(n_bytes, n_data_bytes) << "byte " << at;
                } catch (const Error& error) {
                    EXPECT_TRUE(contains(error.what(), "bad.edf")) << error.what();
                }
            }
        }
    }
}

TEST(Edf, DamageInTheHeaderIsToldWithItsByteAndACure) {
    struct Case {
        std::size_t byte;
        std::string field;
        std::string said;
    };
    for (const Case& damage : {Case{236, "many    ", "byte 236: number of records 'many'"}, Case{244, "0,5     ", "EDF needs a decimal point"},
                               Case{252, "9999", "byte 252"}, Case{252, "0   ", "byte 252"}, Case{184, "768     ", "byte 184"},
                               Case{236, "-2      ", "byte 236"}, Case{244, "-1      ", "byte 244"}, Case{244, "nan     ", "not finite"},
                               Case{244, "0       ", "last 0 s"}, Case{256 + 216, "-4      ", "samples per record"},
                               Case{256 + 104, "3200    ", "same physical minimum and maximum"}, Case{256 + 120, "32000   ", "same digital minimum and maximum"}}) {
        EdfFile file;
        file.add_record({1, 2, 3, 4});
        std::string bytes = file.bytes();
        SCOPED_TRACE(damage.said);
        bytes.replace(damage.byte, damage.field.size(), damage.field);
        expect_error(ErrorKind::input, {"bad.edf", damage.said}, [&] { read_bytes("bad.edf", bytes); });
    }
}

TEST(Edf, AWrongRangeMattersOnlyForTheChannelsThatAreRead) {
    EdfFile file{.signals = {{.label = "EMG TA"}, {.label = "EMG broken", .physical_max = "-3200"}}};
    file.add_record({1, 2, 3, 4, 5, 6, 7, 8});

    expect_error(ErrorKind::input, {"EMG broken", "channels="}, [&] { read_bytes("b.edf", file.bytes()); });
    EXPECT_EQ(read_bytes("b.edf", file.bytes(), {.channels = {"EMG TA"}}).channel(0, 0), (Values{1, 2, 3, 4}));
}

TEST(Edf, ARateAgainstTheFilesIsRefused) {
    expect_error(ErrorKind::usage, {"small.edf", "rate=1000", "4 Hz"}, [] { read_bytes("small.edf", small_file().bytes(), {.rate = Rate{1000, 1}}); });
    EXPECT_EQ(read_bytes("small.edf", small_file().bytes(), {.rate = Rate{4, 1}}).n_frames(), 18u);
}

TEST(Edf, AnnotationsWithoutAnEndAreLeftOutAndTheSamplesKept) {
    EdfFile file{.reserved = "EDF+C", .signals = {{}, edf_annotations()}};
    file.add_record({1, 2, 3, 4}, std::string(40, '+'));

    const Recording read = read_bytes("a.edf", file.bytes());
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 4}));
    EXPECT_TRUE(read.facts.annotations.empty());
}

}  // namespace
}  // namespace tonus
