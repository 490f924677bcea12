// EMGworks' export, written here from the page: no file was at hand.

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
using Values = std::vector<double>;
using Labels = std::vector<std::string>;

constexpr double kEmgHz = 26.0 / 0.0135, kMotionHz = 2.0 / 0.0135;

std::string label_lines() {
    std::string text;
    for (const auto& [name, hz] : {std::pair{"Trigno IM sensor 1: EMG 1", kEmgHz}, {"Trigno IM sensor 1: ACC X 1", kMotionHz}, {"Trigno IM sensor 2: EMG 1", kEmgHz}}) {
        text += fmt::format("Label: {} Sampling frequency: {:.12f} Number of points: 1 start: 0 Unit: V Domain Unit: s\r\n", name, hz);
    }
    return text;
}

/// Two sensors' EMG and one's acceleration, which has fewer samples; a short column ends in blanks.
std::string pairs(int n_emg, int n_motion, const std::string& separator = ",") {
    std::string text = fmt::format("\"X[s]\"{0}\"Trigno IM sensor 1: EMG 1[V]\"{0}\"X[s]\"{0}\"Trigno IM sensor 1: ACC X 1[g]\"{0}\"X[s]\"{0}\"Trigno IM sensor 2: EMG 1[V]\"\r\n", separator);
    for (int i = 0; i < n_emg; ++i) {
        const std::string motion = i < n_motion ? fmt::format("{:.7g}{}{}", i / kMotionHz, separator, 0.5 * i) : separator;
        text += fmt::format("{1:.7g}{0}{2}e-6{0}{3}{0}{1:.7g}{0}{4}e-6\r\n", separator, i / kEmgHz, i, motion, -i);
    }
    return text;
}

void expect_two_rates(const Recording& read, std::size_t n_emg, std::size_t n_motion) {
    EXPECT_EQ(read.facts.format, "Delsys EMGworks CSV");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.labels(0), (Labels{"Trigno IM sensor 1 EMG 1", "Trigno IM sensor 2 EMG 1"}));
    EXPECT_EQ(read.infos[0].rate, rate_from_hz(kEmgHz));
    EXPECT_EQ(read.infos[0].channels[0].unit, "V");
    EXPECT_EQ(read.streams[0].n_frames(), n_emg);
    EXPECT_EQ(read.channel(0, 1).at(7), -7e-6);
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[1].rate, rate_from_hz(kMotionHz));
    EXPECT_EQ(read.labels(1), (Labels{"ACC X 1"}));
    EXPECT_EQ(read.streams[1].n_frames(), n_motion);
    EXPECT_EQ(read.channel(1, 0).at(3), 1.5);
    EXPECT_EQ(read.trouble, "");
}

TEST(EmgworksCsv, EveryPairHasItsRateAndLength) {
    expect_two_rates(read_bytes("e.csv", label_lines() + pairs(260, 20)), 260, 20);
}

// The lines above may be missing: then the times are all there is, in seven digits.
TEST(EmgworksCsv, WithoutLabelLinesTheTimesShowTheRate) {
    expect_two_rates(read_bytes("e.csv", pairs(2600, 200)), 2600, 200);
    expect_two_rates(read_bytes("e.csv", pairs(2600, 200, "\t")), 2600, 200);
}

TEST(EmgworksCsv, AWholeRateIsTaken) {
    std::string text = "X[s],EMG 1[mV],EMG 2[mV]\n";
    for (int i = 0; i < 1500; ++i) text += fmt::format("{:.4f},{},{}\n", i / 2000.0, i, -i);
    const Recording read = read_bytes("e.csv", text);
    ASSERT_EQ(read.infos.size(), 1u) << "two columns may share their times";
    EXPECT_EQ(read.infos[0].rate, (Rate{2000, 1}));
    EXPECT_EQ(read.channel(0, 1).at(9), -9);
}

TEST(EmgworksCsv, DecimalCommasAreReadWhereSemicolonsSeparate) {
    const Recording read = read_bytes("e.csv", "X[s];EMG 1[mV]\n0,000;1,5\n0,001;-2,25\n0,002;3\n");
    EXPECT_EQ(read.channel(0, 0), (Values{1.5, -2.25, 3}));
    EXPECT_EQ(read.infos.at(0).rate, (Rate{1000, 1}));
}

TEST(EmgworksCsv, WhatIsNotAllThereIsRefused) {
    expect_error(ErrorKind::input, {"e.csv", "no 'X[s]'"}, [] { read_bytes("e.csv", label_lines()); });
    expect_error(ErrorKind::input, {"e.csv", "no 'X[s]'"}, [] { read_bytes("e.csv", "X[s],EMG 1[V]\n"); });
    expect_error(ErrorKind::input, {"e.csv", "'EMG 1'", "do not rise"}, [] { read_bytes("e.csv", "X[s],EMG 1[V]\n5,1\n5,2\n5,3\n"); });
    expect_error(ErrorKind::usage, {"e.csv", "rate"}, [] { read_bytes("e.csv", "X[s],EMG 1[V]\n5,1\n"); });
    expect_error(ErrorKind::input, {"e.csv", "without a single sample"}, [] { read_bytes("e.csv", "X[s],EMG 1[V]\n5,\n"); });
}

TEST(EmgworksCsv, CutAnywhereItKeepsTheRowsBefore) {
    const std::string whole = label_lines() + pairs(12, 3);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        try {
            const Recording read = read_bytes("e.csv", whole.substr(0, size));
            const Values first = read.channel(0, 0);
            // A number cut within its digits cannot be told from a shorter one; the rows before can.
            for (std::size_t f = 0; f + 1 < first.size(); ++f) EXPECT_DOUBLE_EQ(first[f], static_cast<double>(f) * 1e-6) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "e.csv")) << error.what();
        }
    }
}

}  // namespace
}  // namespace tonus
