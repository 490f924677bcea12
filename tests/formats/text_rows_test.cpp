// Rows that are missing, broken or rounded, and what the options say of a text table.

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using Indices = std::vector<std::uint64_t>;
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

TEST(TextRows, EmptyCellsAndWordsAreMissingValues) {
    const Recording read = read_bytes("x.csv", "TA,GM\n1,\n,2\n3,oops\nNaN,4\nbad,5\n", {.rate = Rate{100, 1}, .unit = "uV"});

    const Values ta = read.channel(0, 0), gm = read.channel(0, 1);
    ASSERT_EQ(ta.size(), 5u);
    EXPECT_EQ(ta[0], 1);
    EXPECT_TRUE(std::isnan(ta[1]));
    EXPECT_TRUE(std::isnan(ta[3]));
    EXPECT_TRUE(std::isnan(ta[4]));
    EXPECT_TRUE(std::isnan(gm[0]));
    EXPECT_EQ(gm[1], 2);
    EXPECT_TRUE(std::isnan(gm[2]));
    // "NaN" and nothing are how tables say "no value"; only words are worth a remark.
    EXPECT_TRUE(contains(read.notes(), "2 cells are no number (the first, 'oops', in line 4, column 2)")) << read.notes();
    EXPECT_EQ(read.trouble, "");
}

TEST(TextRows, NumbersBeyondDoublesKeepTheirSign) {
    const Values ta = read_bytes("x.csv", "TA\n1e999\n-1e999\n-1e-999\n5e-324\n", {.rate = Rate{100, 1}}).channel(0, 0);

    ASSERT_EQ(ta.size(), 4u);
    EXPECT_EQ(ta[0], HUGE_VAL);
    EXPECT_EQ(ta[1], -HUGE_VAL);
    EXPECT_EQ(ta[2], 0.0);
    EXPECT_GT(ta[3], 0.0);
}

TEST(TextRows, AShortRowInTheMiddleIsMissingValues) {
    const Values gm = read_bytes("x.csv", "TA,GM\n1,2\n3\n5,6\n", {.rate = Rate{100, 1}}).channel(0, 1);

    ASSERT_EQ(gm.size(), 3u);
    EXPECT_TRUE(std::isnan(gm[1]));
}

TEST(TextRows, RowsMissingByTheTimesAreAJumpOfThatLength) {
    for (const std::size_t n_missing : {1u, 2u, 30u, 1000u}) {
        std::string text = "t_s,TA[uV]\n";
        Indices expected;
        for (std::size_t i = 0; i < 400; ++i) {
            const std::size_t index = i < 250 ? i : i + n_missing;
            text += fmt::format("{:.4f},{}\n", static_cast<double>(index) / 1000.0, i);
            expected.push_back(index);
        }
        const Recording read = read_bytes("gap.csv", text);
        EXPECT_EQ(read.infos.at(0).rate, (Rate{1000, 1}));
        EXPECT_EQ(read.streams[0].index, expected) << n_missing;
        EXPECT_EQ(read.facts.duration_s, static_cast<double>(400 + n_missing) / 1000.0);
    }
}

// A spreadsheet shows milliseconds; at 1500 Hz they stand still and leap, and nothing is missing.
TEST(TextRows, TimesRoundedToMillisecondsAreNoHoles) {
    for (const double hz : {250.0, 1000.0, 1111.0, 1259.0, 1500.0, 1926.0, 2048.0}) {
        std::string text = "t_s,TA[uV]\n";
        for (int i = 0; i < 3000; ++i) text += fmt::format("{:.3f},{}\n", i / hz, i);
        const Recording read = read_bytes("ms.csv", text);
        ASSERT_EQ(read.n_frames(), 3000u);
        EXPECT_EQ(read.streams[0].index.back(), 2999u) << hz;
        EXPECT_NEAR(read.infos[0].rate.hz(), hz, 0.001 * hz);
    }
}

// Losses are many and random, times are in whole milliseconds: neither may hide the other.
TEST(TextRows, ManyHolesDoNotChangeTheRate) {
    std::string text = "t_s,TA[uV]\n";
    Indices expected;
    std::uint32_t random = 1;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        random = random * 1664525u + 1013904223u;
        if (i > 0 && random >> 16 < 65536 / 30) continue;
        text += fmt::format("{:.3f},{}\n", static_cast<double>(i) / 1000.0, i);
        expected.push_back(i);
    }
    const Recording read = read_bytes("holes.csv", text);
    EXPECT_EQ(read.infos.at(0).rate.hz(), 1000.0);
    EXPECT_EQ(read.streams[0].index, expected);
}

// At 1259 Hz a row of 0.8 ms is less than the millisecond shown; a hole of 50 rows is not.
TEST(TextRows, AHoleInRoundedTimesIsFound) {
    std::string text = "t_s,TA[uV]\n";
    for (int i = 0; i < 3000; ++i) {
        if (i < 500 || i >= 550) text += fmt::format("{:.3f},{}\n", i / 1259.0, i);
    }
    const Recording read = read_bytes("hole.csv", text);
    EXPECT_NEAR(read.infos.at(0).rate.hz(), 1259.0, 2.0);
    EXPECT_NEAR(static_cast<double>(read.streams[0].index.back()), 2999.0, 1.0);
}

TEST(TextRows, RowsMissingByTheCounterAreAJumpOfThatLength) {
    std::string text = "%OpenBCI Raw EXG Data\n%Sample Rate = 250 Hz\n%Board = OpenBCI_GUI$BoardCytonSerial\nSample Index, EXG Channel 0\n";
    Indices expected;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        if (i % 300 > 250 && i % 300 < 255) continue;
        text += fmt::format("{}, {}\n", i % 256, i);
        expected.push_back(i);
    }
    EXPECT_EQ(read_bytes("gui.txt", text).streams.at(0).index, expected);
}

// Each leap could be a hole; together they are beyond what stamps in nanoseconds hold.
TEST(TextRows, LeapsThatAddUpToCenturiesAreNotBelieved) {
    std::string text = "t_s,TA[uV]\n";
    double time_s = 0.0;
    for (int i = 0; i < 22'000; ++i) {
        text += fmt::format("{:.3f},{}\n", time_s, i);
        time_s += i < 1500 ? 0.001 : 600'000.0;
    }
    const Recording read = read_bytes("leaps.csv", text);  // reading checks the order of the stamps
    EXPECT_EQ(read.n_frames(), 22'000u);
    EXPECT_LE(*read.facts.duration_s, 1.1e9);
}

TEST(TextRows, TimesOfMonthsKeepTheirRowsAndTheirOrder) {
    std::string text = "t_s,TA[uV]\n";
    for (int i = 0; i < 20'000; ++i) text += fmt::format("{}000,{}\n", i, i);
    EXPECT_EQ(read_bytes("slow.csv", text).n_frames(), 20'000u);
}

TEST(TextRows, AStretchIsATenthOfASecondAndStampedWithItsLastFrame) {
    std::string text = "t_s,TA[uV]\n";
    for (int i = 0; i < 950; ++i) text += fmt::format("{:.3f},{}\n", i / 1000.0, i);
    const Recording read = read_bytes("t.csv", text);

    ASSERT_EQ(read.streams.at(0).arrival_ns.size(), 10u);
    EXPECT_EQ(read.streams[0].arrival_ns[0], 99'000'000);
    EXPECT_EQ(read.streams[0].arrival_ns[9], 949'000'000);
}

TEST(TextRows, ALastLineThatBreaksOffIsTroubleAndTheRestIsKept) {
    const Recording read = read_bytes("cut.csv", "TA,GM,SOL\n1,2,3\n4,5,6\n7,8", {.rate = Rate{100, 1}, .unit = "uV"});

    EXPECT_EQ(read.n_frames(), 2u);
    EXPECT_TRUE(contains(read.trouble, "truncated: line 4")) << read.trouble;
}

TEST(TextRows, ALastLineWithoutItsEndIsReadWhenComplete) {
    const Recording read = read_bytes("whole.csv", "TA,GM\n1,2\n4,5", {.rate = Rate{100, 1}, .unit = "uV"});

    EXPECT_EQ(read.n_frames(), 2u);
    EXPECT_EQ(read.trouble, "");
}

TEST(TextRows, CutAnywhereItKeepsTheRowsBefore) {
    const std::string text = "t_s,TA[uV],GM[uV]\n0,10,-11\n0.001,20,-21\n0.002,30,-31\n0.003,40,-41\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        try {
            const Recording read = read_bytes("cut.csv", text.substr(0, size), {.rate = Rate{1000, 1}});
            // A number cut within its digits cannot be told from a shorter one; the rows before can.
            const std::size_t n_sure = read.n_frames() - (text[size - 1] == '\n' ? 0 : std::min<std::size_t>(1, read.n_frames()));
            for (std::size_t f = 0; f < n_sure; ++f) EXPECT_EQ(read.channel(0, 0)[f], 10.0 * static_cast<double>(f + 1)) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "cut.csv")) << error.what();
        }
    }
}

TEST(TextRows, WithoutARateTheErrorSaysHowToGiveIt) {
    expect_error(ErrorKind::usage, {"r.csv", "sampling rate", "file:r.csv?rate=1000"}, [] { read_bytes("r.csv", "TA,GM\n1,2\n3,4\n"); });
}

TEST(TextRows, ARateAgainstTheFilesIsTakenWithANote) {
    const std::string text = "t_s,TA[uV]\n0,1\n0.001,2\n0.002,3\n";

    const Recording against = read_bytes("r.csv", text, {.rate = Rate{500, 1}});
    EXPECT_EQ(against.infos.at(0).rate, (Rate{500, 1}));
    EXPECT_TRUE(contains(against.notes(), "the file says 1000 Hz, the option rate=500 is taken")) << against.notes();
    EXPECT_EQ(against.streams[0].index, (Indices{0, 1, 2})) << "a rate against the times is no loss";
    EXPECT_EQ(read_bytes("r.csv", text, {.rate = Rate{1001, 1}}).notes(), "") << "rounded times are no contradiction";
}

TEST(TextRows, ChannelsAreChosenByLabelOrNumber) {
    const std::string text = "t_s,TA[uV],GM[uV],3[uV],SOL[uV]\n0,1,2,3,4\n0.001,5,6,7,8\n0.002,9,10,11,12\n";

    EXPECT_EQ(read_bytes("c.csv", text, {.channels = {"sol", "TA"}}).labels(0), (Labels{"TA", "SOL"})) << "in the file's order";
    EXPECT_EQ(read_bytes("c.csv", text, {.channels = {"2"}}).channel(0, 0), (Values{2, 6, 10})) << "times are no channel";
    EXPECT_EQ(read_bytes("c.csv", text, {.channels = {"3"}}).labels(0), (Labels{"3"})) << "a label goes before a number";
    expect_error(ErrorKind::usage, {"c.csv", "'VL'", "1 TA, 2 GM, 3 3, 4 SOL"}, [&] { read_bytes("c.csv", text, {.channels = {"VL"}}); });
    expect_error(ErrorKind::usage, {"'0'"}, [&] { read_bytes("c.csv", text, {.channels = {"0"}}); });
    expect_error(ErrorKind::usage, {"'5'"}, [&] { read_bytes("c.csv", text, {.channels = {"5"}}); });
}

TEST(TextRows, UnitsAndScalesThatAreNoneAreRefused) {
    const std::string text = "1,2\n3,4\n";

    expect_error(ErrorKind::usage, {"u.csv", "'kg'", "mV"}, [&] { read_bytes("u.csv", text, {.rate = Rate{100, 1}, .unit = "kg"}); });
    expect_error(ErrorKind::usage, {"u.csv", "scale_uv"}, [&] { read_bytes("u.csv", text, {.rate = Rate{100, 1}, .scale_uv = 0.0}); });
    expect_error(ErrorKind::usage, {"u.csv", "give one"}, [&] { read_bytes("u.csv", text, {.rate = Rate{100, 1}, .unit = "V", .scale_uv = 2.0}); });
}

TEST(TextRows, AScaleTurnsCountsIntoMicrovolts) {
    const ChannelInfo channel = read_bytes("s.csv", "1,2\n3,4\n", {.rate = Rate{100, 1}, .scale_uv = 0.5}).infos.at(0).channels.at(0);

    EXPECT_EQ(channel.unit, "uV");
    EXPECT_EQ(channel.scale, 0.5);
}

TEST(TextRows, AUnitAgainstTheFilesIsTakenWithANote) {
    const Recording read = read_bytes("u.csv", "t_s,TA[uV]\n0,1\n0.001,2\n0.002,3\n", {.unit = "mV"});

    EXPECT_EQ(read.infos.at(0).channels.at(0).unit, "mV");
    EXPECT_TRUE(contains(read.notes(), "TA: the file says uV")) << read.notes();
}

}  // namespace
}  // namespace tonus
