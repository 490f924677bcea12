// WFDB records: each format against the sums that its header gives, and small ones made here.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/formats/collect.hpp"
#include "tests/formats/file_vectors.hpp"

namespace tonus {
namespace {

using test::as_bytes;
using test::contains;
using test::expect_error;
using test::read_all;
using test::Recording;
using Values = std::vector<double>;
using Indices = std::vector<std::uint64_t>;
using namespace std::string_literals;

Recording read_record(const std::string& header, const std::string& data, const ReadOptions& options = {}) {
    SimFiles files;
    files.put("rec.hea", as_bytes(header));
    files.put("rec.dat", as_bytes(data));
    return read_all(files, "rec.hea", options);
}

/// The sum of all samples in 16 bits, as the header has it; a missing sample counts as `invalid`.
std::int16_t checksum(const Values& samples, double invalid) {
    std::int64_t sum = 0;
    for (const double v : samples) sum += static_cast<std::int64_t>(std::isnan(v) ? invalid : v);
    return static_cast<std::int16_t>(sum);
}

TEST(Wfdb, AHeaderGivesScaleBaselineUnitAndStart) {
    const Recording read = read_record("# a comment\nrec 2 1000 3 10:20:30 21/11/2026\nrec.dat 16 200(0)/mV 16 0 1 0 0 EMG TA\nrec.dat 16 50(10)/uV 12 4\n",
                                       "\x01\0\x02\0\xff\xff\x05\0\0\x80\x06\0"s);
    EXPECT_EQ(read.facts.format, "WFDB");
    EXPECT_EQ(read.facts.start, "2026-11-21T10:20:30");
    ASSERT_EQ(read.infos.size(), 1u);
    const auto& channels = read.infos[0].channels;
    EXPECT_EQ(channels[0].label, "EMG TA");
    EXPECT_EQ(channels[0].unit, "mV");
    EXPECT_DOUBLE_EQ(channels[0].scale, 1.0 / 200.0);
    EXPECT_EQ(channels[0].raw_min, -32'768.0);
    EXPECT_EQ(channels[1].label, "ch2");
    EXPECT_DOUBLE_EQ(channels[1].offset, -10.0 / 50.0);
    EXPECT_EQ(channels[1].raw_max, 4.0 + 2047.0);
    const Values first = read.channel(0, 0);
    EXPECT_EQ(Values(first.begin(), first.begin() + 2), (Values{1, -1}));
    EXPECT_TRUE(std::isnan(first[2])) << "invalid";
    EXPECT_EQ(read.channel(0, 1), (Values{2, 5, 6}));
}

TEST(Wfdb, WhatTheHeaderLeavesOutHasItsDefault) {
    const Recording read = read_record("rec 1\nrec.dat 80\n", "\x80\x81\x7f"s);
    EXPECT_EQ(read.infos.at(0).rate, (Rate{250, 1}));
    EXPECT_EQ(read.infos[0].channels[0].unit, "");
    EXPECT_EQ(read.channel(0, 0), (Values{0, 1, -1}));
    EXPECT_TRUE(contains(read.notes(), "no gain"));
}

TEST(Wfdb, SegmentsFollowEachOtherAndAMissingOneIsAHole) {
    SimFiles files;
    files.put("all.hea", as_bytes("all/4 1 100 9\na 3\n~ 2\nb 2\na 2\n"));
    files.put("a.hea", as_bytes("a 1 100 3\na.dat 80 100/mV\n"));
    files.put("b.hea", as_bytes("b 1 100 2\nb.dat 16 100/mV\n"));
    files.put("a.dat", as_bytes("\x81\x82\x83"));
    files.put("b.dat", as_bytes("\x10\x00\x20\x00"s));
    const Recording read = read_all(files, "all.hea");

    EXPECT_EQ(read.trouble, "");
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 16, 32, 1, 2}));
    EXPECT_EQ(read.streams[0].index, (Indices{0, 1, 2, 5, 6, 7, 8}));

    files.put("b.dat", as_bytes("\x10\x00"s));
    const Recording cut = read_all(files, "all.hea");
    EXPECT_EQ(cut.streams[0].index, (Indices{0, 1, 2, 5, 7, 8})) << "what a segment lacks is a hole, and those after it stay in their place";
    EXPECT_TRUE(contains(cut.trouble, "b.hea")) << cut.trouble;
}

TEST(Wfdb, WhatIsNotReadIsRefusedByName) {
    expect_error(ErrorKind::input, {"rec.hea", "line 2", "format 516", "FLAC"}, [] { read_record("rec 1 100\nrec.dat 516 100\n", "x"); });
    expect_error(ErrorKind::input, {"rec.hea", "line 2", "format 17"}, [] { read_record("rec 1 100\nrec.dat 17 100\n", "x"); });
    expect_error(ErrorKind::input, {"rec.hea", "../rec.dat"}, [] { read_record("rec 1 100\n../rec.dat 16 100\n", "x"); });
    expect_error(ErrorKind::input, {"rec.hea", "ends before"}, [] { read_record("rec 2 100\nrec.dat 16 100\n", "x"); });
    expect_error(ErrorKind::input, {"other.dat"}, [] { read_record("rec 1 100\nother.dat 16 100\n", "x"); });
    expect_error(ErrorKind::input, {"rec.hea", "layout"}, [] { read_record("rec/2 1 100 5\nlay 0\na 5\n", "x"); });
    expect_error(ErrorKind::usage, {"rec.hea", "rate=99", "100 Hz"}, [] { read_record("rec 1 100\nrec.dat 16 100\n", "xx", {.rate = Rate{99, 1}}); });
}

TEST(Wfdb, CutAnywhereItIsRefusedOrReadToItsLastWholeFrame) {
    const std::string header = "rec 2 1000 4\nrec.dat 212 200/mV 12 0 0 0 0 a\nrec.dat 212 200/mV 12 0 0 0 0 b\n", data = "\x01\x20\x02\x03\x40\x04\x05\x60\x06\x07\x80\x08"s;
    for (std::size_t size = 0; size <= data.size(); ++size) {
        const Recording read = read_record(header, data.substr(0, size));
        EXPECT_EQ(read.n_frames(), size / 3) << size;
        EXPECT_EQ(read.trouble.empty(), size == data.size()) << size;
    }
    for (std::size_t size = 1; size < header.size(); ++size) {
        try {
            EXPECT_LE(read_record(header.substr(0, size), data, {.rate = Rate{1000, 1}}).n_frames(), 12u) << size;
        } catch (const Error& error) {
            EXPECT_TRUE(contains(error.what(), "rec.")) << error.what();
        }
    }
}

TEST(WfdbVectors, Formats16And212) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const nlohmann::json all = test::file_vectors();
    const Recording f212 = read_record("rec 1 100\nrec.dat 212 1/mV\n", test::bytes_of_hex(all.at("wfdb_212").at("hex")));
    Values expected = all.at("wfdb_212").at("samples");
    expected.at(4) = 0.0;
    Values samples = f212.channel(0, 0);
    ASSERT_TRUE(std::isnan(samples.at(4))) << "-2048 is invalid";
    samples[4] = 0.0;
    EXPECT_EQ(samples, expected);
}

struct BinaryFormat {
    int format;
    double invalid;
};

// Ten signals of 499 samples in ten formats; the header's sums are the truth.
TEST(RealWfdb, EveryBinaryFormatGivesTheSumOfItsHeader) {
    TONUS_NEEDS_SHARED(path, "data/07_wfdb/binformats.hea");
    const Recording read = read_all(system_files(), path.string());
    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].rate, (Rate{200, 1}));
    const Values first{-2047, -32'766, -32'765, -124, -32'763, -2042, -505, -504, -8'388'599, -2'147'483'638};
    const std::vector<std::int16_t> sums{-31'143, -750, -251, -517, 747, -6824, -1621, -2145, 11'715, 19'035};
    const Values invalid{0, -32'768, -32'768, -128, -32'768, -2048, -512, -512, -8'388'608, -2'147'483'648.0};
    for (std::size_t c = 0; c < first.size(); ++c) {
        const Values samples = read.channel(0, c);
        ASSERT_EQ(samples.size(), 499u) << c;
        EXPECT_EQ(samples[0], first[c]) << read.infos[0].channels[c].label;
        EXPECT_EQ(checksum(samples, invalid[c]), sums[c]) << read.infos[0].channels[c].label;
    }
}

TEST(RealWfdb, PackedFormatsOfSeveralSignals) {
    TONUS_NEEDS_SHARED(folder, "data/07_wfdb");
    const Recording odd = read_all(system_files(), (folder / "100_3chan.hea").string());
    EXPECT_EQ(odd.infos.at(0).rate, (Rate{360, 1}));
    EXPECT_EQ(odd.streams[0].n_frames(), 999u);
    EXPECT_EQ(odd.channel(0, 0)[0], 995.0);
    EXPECT_EQ(checksum(odd.channel(0, 0), -2048), static_cast<std::int16_t>(43'172));
    EXPECT_EQ(checksum(odd.channel(0, 1), -2048), static_cast<std::int16_t>(63'954));
    EXPECT_DOUBLE_EQ(odd.infos[0].channels[0].offset, -1024.0 / 200.0);
    const Recording f310 = read_all(system_files(), (folder / "310derive.hea").string());
    EXPECT_EQ(checksum(f310.channel(0, 0), -512), -3426);
    EXPECT_EQ(checksum(f310.channel(0, 1), -512), 4385);
    const Recording f311 = read_all(system_files(), (folder / "311derive.hea").string());
    EXPECT_EQ(checksum(f311.channel(0, 0), -512), 4385);
    EXPECT_EQ(f311.channel(0, 0), f310.channel(0, 1));
}

TEST(RealWfdb, FifteenLeadsOverTwoFiles) {
    TONUS_NEEDS_SHARED(path, "data/07_wfdb/s0010_re.hea");
    const Recording read = read_all(system_files(), path.string());
    EXPECT_EQ(read.trouble, "");
    EXPECT_EQ(read.infos.at(0).rate, (Rate{1000, 1}));
    EXPECT_EQ(read.infos[0].channels.size(), 15u);
    EXPECT_EQ(read.streams[0].n_frames(), 38'400u);
    EXPECT_EQ(checksum(read.channel(0, 0), -32'768), -8337);
    EXPECT_EQ(checksum(read.channel(0, 14), -32'768), -1992);
    EXPECT_EQ(read.channel(0, 13)[0], 120.0);
}

TEST(RealWfdb, SkewAndSeveralSamplesPerFrame) {
    TONUS_NEEDS_SHARED(folder, "data/07_wfdb");
    const Recording plain = read_all(system_files(), (folder / "test01_00s.hea").string());
    const Recording skewed = read_all(system_files(), (folder / "test01_00s_skew.hea").string());
    EXPECT_EQ(checksum(plain.channel(0, 3), -32'768), -401);
    EXPECT_EQ(skewed.channel(0, 0), plain.channel(0, 0));
    const Values late = skewed.channel(0, 1), on_time = plain.channel(0, 1);
    for (std::size_t i = 0; i + 3 < late.size(); ++i) ASSERT_EQ(late[i], on_time[i + 3]) << i;
    EXPECT_TRUE(std::isnan(late.back()));

    const Recording frames = read_all(system_files(), (folder / "test01_00s_frame.hea").string());
    ASSERT_EQ(frames.infos.size(), 2u);
    EXPECT_EQ(frames.infos[0].rate, (Rate{500, 1}));
    EXPECT_EQ(frames.infos[1].rate, (Rate{1000, 1}));
    EXPECT_EQ(frames.streams[1].n_frames(), 8000u);
    EXPECT_EQ(frames.channel(0, 0), plain.channel(0, 0));
    EXPECT_EQ(frames.channel(1, 0)[0], on_time[0]);
    EXPECT_EQ(frames.channel(1, 0)[1], plain.channel(0, 2)[0]);
}

}  // namespace
}  // namespace tonus
