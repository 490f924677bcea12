// Each layout of text table met in the field, made small, with what a reader must understand of it.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

TEST(Text, PlainNumbersAreChannelsOnceTheRateIsGiven) {
    const Recording read = read_bytes("plain.csv", "1,-2\n3,4.5\n-5e-3,+6\n", {.rate = Rate{1000, 1}, .unit = "mV"});

    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.facts.format, "text table");
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].name, "emg");
    EXPECT_EQ(read.infos[0].type, SampleType::float64);
    EXPECT_EQ(read.infos[0].jump_cause, GapCause::recording);
    EXPECT_EQ(read.infos[0].device_id, "file:plain.csv");
    EXPECT_EQ(read.infos[0].channels[1].unit, "mV");
    EXPECT_EQ(read.labels(0), (Labels{"ch1", "ch2"}));
    EXPECT_EQ(read.channel(0, 0), (Values{1, 3, -5e-3}));
    EXPECT_EQ(read.channel(0, 1), (Values{-2, 4.5, 6}));
    EXPECT_EQ(read.facts.duration_s, 0.003);
    EXPECT_EQ(read.trouble, "");
}

TEST(Text, AFirstColumnThatRisesEvenlyIsTimes) {
    const Recording read = read_bytes("t.csv", "0.0,7\n0.004,8\n0.008,9\n0.012,10\n");

    EXPECT_EQ(read.infos.at(0).rate, (Rate{250, 1}));
    EXPECT_EQ(read.labels(0), (Labels{"ch1"}));
    EXPECT_EQ(read.channel(0, 0), (Values{7, 8, 9, 10}));
}

TEST(Text, AFirstColumnThatCountsRowsIsNeitherTimesNorAChannel) {
    const std::string rows = "1,7\n2,8\n3,9\n4,10\n";

    expect_error(ErrorKind::usage, {"rate"}, [&] { read_bytes("n.csv", rows); });
    const Recording read = read_bytes("n.csv", rows, {.rate = Rate{500, 1}});
    EXPECT_EQ(read.channel(0, 0), (Values{7, 8, 9, 10}));
    EXPECT_TRUE(contains(read.notes(), "row number")) << read.notes();
}

TEST(Text, HeadingsGiveLabelsUnitsAndKinds) {
    const Recording read = read_bytes(
        "h.csv", "time_s,MF_L (uV),TA[mV],Accelerometer X (g),Gyroscope X (deg/s)\n0,1,2,3,4\n0.001,5,6,7,8\n0.002,9,10,11,12\n");

    ASSERT_EQ(read.infos.size(), 3u);
    EXPECT_EQ(read.labels(0), (Labels{"MF_L", "TA"}));
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].channels[0].unit, "uV");
    EXPECT_EQ(read.infos[0].channels[1].unit, "mV");
    EXPECT_EQ(read.channel(0, 1), (Values{2, 6, 10}));
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[1].channels[0].unit, "m/s^2");
    EXPECT_DOUBLE_EQ(read.infos[1].channels[0].scale, 9.80665);
    EXPECT_EQ(read.infos[2].kind, StreamKind::angular_rate);
    EXPECT_EQ(read.infos[2].channels[0].unit, "rad/s");
    for (const StreamInfo& info : read.infos) EXPECT_EQ(info.rate, (Rate{1000, 1}));
}

TEST(Text, ARowOfUnitsBelowTheHeadingIsUnits) {
    const Recording read = read_bytes("u.csv", "Time,TA,GM\nms,mV,uV\n0,1,2\n0.5,3,4\n1.0,5,6\n");

    EXPECT_EQ(read.infos.at(0).rate, (Rate{2000, 1}));
    EXPECT_EQ(read.infos[0].channels.at(0).unit, "mV");
    EXPECT_EQ(read.infos[0].channels.at(1).unit, "uV");
}

TEST(Text, SimpleTextFormatSaysRateLabelsAndBits) {
    const Recording read = read_bytes("emg.txt",
                                      "# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Resolution:= 12\n"
                                      "# Labels:= EMG\tECG\n2055.0\t1.0\n2056.0\t2.0\n");

    EXPECT_EQ(read.facts.format, "Simple Text Format");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].rate, (Rate{1000, 1}));
    EXPECT_EQ(read.infos[0].channels[0].raw_max, 4095.0);
    EXPECT_EQ(read.infos[0].channels[0].raw_min, 0.0);
    EXPECT_EQ(read.infos[1].kind, StreamKind::ecg);
    EXPECT_EQ(read.channel(0, 0), (Values{2055, 2056}));
    EXPECT_EQ(read.channel(1, 0), (Values{1, 2}));
}

const std::string kOpenSignals =
    "# OpenSignals Text File Format. Version 1\n"
    "# {\"20:16\": {\"sensor\": [\"EMG\", \"RAW\"], \"column\": [\"nSeq\", \"I1\", \"A1\", \"A2\"], \"label\": [\"A1\", \"A2\"],"
    " \"date\": \"2017-1-31\", \"time\": \"19:49:30.350\", \"device\": \"bitalino_rev\", \"sampling rate\": 1000,"
    " \"resolution\": [4, 1, 10, 10]}}\n"
    "# EndOfHeader\n";

TEST(Text, OpenSignalsGivesMillivoltsByTheMakersTransferFunction) {
    const Recording read = read_bytes("bitalino.txt", kOpenSignals + "14\t1\t512\t700\t\n15\t1\t600\t701\t\n0\t0\t400\t702\t\n");

    EXPECT_EQ(read.facts.format, "OpenSignals text");
    EXPECT_EQ(read.facts.start, "2017-1-31T19:49:30.350");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::other);
    EXPECT_EQ(read.labels(0), (Labels{"I1", "A2"}));
    EXPECT_EQ(read.infos[1].kind, StreamKind::emg);
    const ChannelInfo& emg = read.infos[1].channels.at(0);
    EXPECT_EQ(emg.unit, "mV");
    EXPECT_EQ(emg.raw_max, 1023.0);
    EXPECT_NEAR(600 * emg.scale + emg.offset, (600.0 / 1024 - 0.5) * 3.3 / 1009 * 1000, 1e-12);
    EXPECT_EQ(read.channel(1, 0), (Values{512, 600, 400}));
    EXPECT_EQ(read.streams[1].index, (std::vector<std::uint64_t>{0, 1, 2})) << "the counter of 4 bits wraps";
}

TEST(Text, ADamagedOpenSignalsHeaderIsRefusedWithAdvice) {
    expect_error(ErrorKind::input, {"o.txt", "header", "export the recording again"},
                 [] { read_bytes("o.txt", "# OpenSignals Text File Format\n# {\"20:16\": {\"sensor\": [\n# EndOfHeader\n1\t2\n"); });
    expect_error(ErrorKind::input, {"o.txt", "names its columns"},
                 [] { read_bytes("o.txt", "# OpenSignals Text File Format\n# EndOfHeader\n1\t2\n"); });
}

const std::string kOpenBci =
    "%OpenBCI Raw EXG Data\r\n%Number of channels = 2\r\n%Sample Rate = 250 Hz\r\n%Board = OpenBCI_GUI$BoardCytonSerial\r\n";

TEST(Text, OpenBciColumnsAreKnownByTheirNames) {
    const Recording read = read_bytes("gui.txt", kOpenBci +
        "Sample Index, EXG Channel 0, EXG Channel 1, Accel Channel 0, Not Used, Timestamp, Timestamp (Formatted)\r\n"
        "254, 61379.36, -1.5, 0.040,0,1557936053329, 12:00:53.329\r\n"
        "255, 61380.36, -2.5, 0.041,0,1557936053329, 12:00:53.329\r\n"
        "0, 61381.36, -3.5, 0.042,0,1557936053329, 12:00:53.329\r\n");

    EXPECT_EQ(read.facts.format, "OpenBCI GUI text");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].rate, (Rate{250, 1}));
    EXPECT_EQ(read.infos[0].channels.at(0).unit, "uV");
    EXPECT_EQ(read.labels(0), (Labels{"EXG Channel 0", "EXG Channel 1"}));
    EXPECT_EQ(read.channel(0, 1), (Values{-1.5, -2.5, -3.5}));
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_DOUBLE_EQ(read.infos[1].channels.at(0).scale, 9.80665);
    EXPECT_EQ(read.streams[0].index, (std::vector<std::uint64_t>{0, 1, 2})) << "the counter of a byte wraps";
}

TEST(Text, OpenBciFilesBeforeVersion5HaveNoHeading) {
    const Recording read = read_bytes("old.txt", kOpenBci + "0, 1, 2, 0, 0, 0, 12:00:53.329\n1, 3, 4, 0, 0, 0, 12:00:53.333\n");

    EXPECT_EQ(read.labels(0), (Labels{"EXG Channel 0", "EXG Channel 1"}));
    EXPECT_EQ(read.channel(0, 0), (Values{1, 3}));
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[1].channels.size(), 3u);
}

TEST(Text, AViconExportEndsAtItsBlankLine) {
    const Recording read = read_bytes("vicon.csv",
                                      "Devices,\n2000\n,,Trigno EMG,,Force plate\nFrame,Sub Frame,TA,GM,Fz\n,,V,V,N\n"
                                      "1,0,0.001,0.002,9\n1,1,0.003,0.004,8\n\nTrajectories,\n100\n1,0,1,1,1\n");

    EXPECT_EQ(read.facts.format, "Vicon device export");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].rate, (Rate{2000, 1}));
    EXPECT_EQ(read.infos[0].channels.at(0).unit, "V");
    EXPECT_EQ(read.labels(0), (Labels{"TA", "GM"}));
    EXPECT_EQ(read.channel(0, 1), (Values{0.002, 0.004}));
    EXPECT_EQ(read.infos[1].kind, StreamKind::other);
    EXPECT_EQ(read.trouble, "");
}

// The same four numbers, however a spreadsheet writes them.
TEST(Text, SeparatorsLineEndsAndQuotesDoNotMatter) {
    for (const std::string text : {"t_s,TA[uV]\n0,1\n0.5,2\n1,3\n", "t_s;TA[uV]\n0;1\n0.5;2\n1;3\n", "t_s\tTA[uV]\n0\t1\n0.5\t2\n1\t3\n",
                                   "t_s TA[uV]\n0   1\n0.5 2\n  1 3\n", "t_s,TA[uV]\r\n0,1\r\n0.5,2\r\n1,3\r\n",
                                   "\xef\xbb\xbft_s,TA[uV]\n0,1\n0.5,2\n1,3\n", "sep=;\n\"t_s\";\"TA[uV]\"\n\"0\";\"1\"\n0.5;2\n1;3",
                                   "# made by hand\n\nt_s, TA[uV]\n\n0, 1\n0.5, 2\n\n1, 3,\n\n"}) {
        const Recording read = read_bytes("s.csv", text);
        ASSERT_EQ(read.infos.size(), 1u) << text;
        EXPECT_EQ(read.infos[0].rate, (Rate{2, 1})) << text;
        EXPECT_EQ(read.labels(0), (Labels{"TA"})) << text;
        EXPECT_EQ(read.infos[0].channels[0].unit, "uV") << text;
        EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3})) << text;
        EXPECT_EQ(read.trouble, "") << text;
    }
}

TEST(Text, ByteOrderMarkBeforeNumbersIsNoNumber) {
    EXPECT_EQ(read_bytes("b.csv", "\xef\xbb\xbf" "1\n2\n", {.rate = Rate{100, 1}}).channel(0, 0), (Values{1, 2}));
}

TEST(Text, AFixedWidthTableThatBeginsWithZeroIsNoEdf) {
    std::string rows;
    for (int i = 0; i < 30; ++i) rows += std::to_string(i) + "          " + std::to_string(i % 5) + "\n";
    EXPECT_EQ(read_bytes("wide.txt", rows, {.rate = Rate{100, 1}}).n_frames(), 30u);
}

TEST(Text, DecimalCommasAreRefusedWithTheLine) {
    expect_error(ErrorKind::input, {"c.csv: line 2", "'0,5'", "decimal comma", "decimal point"},
                 [] { read_bytes("c.csv", "t_s;TA[uV]\n0;0,5\n1;0,25\n"); });
    expect_error(ErrorKind::input, {"c.txt: line 1", "decimal comma"}, [] { read_bytes("c.txt", "0,001\t0,5\n0,002\t0,25\n"); });
}

TEST(Text, WordsAloneAreNoTable) {
    expect_error(ErrorKind::input, {"letter.txt", "no line of numbers"}, [] { read_bytes("letter.txt", "Dear colleague,\nthe data are elsewhere.\n"); });
}

}  // namespace
}  // namespace tonus
