// XDF files made block by block, whole, cut and damaged; and those of other programs.

#include <cmath>

#include <gtest/gtest.h>

#include "engine/formats/xdf_blocks.hpp"
#include "engine/formats/xdf_clock.hpp"
#include "tests/formats/collect.hpp"
#include "tests/formats/file_vectors.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus {
namespace {

using formats::XdfClock;
using test::contains;
using test::read_bytes;
using test::Recording;
using Indices = std::vector<std::uint64_t>;
using Values = std::vector<double>;

StreamInfo emg_stream(SampleType type = SampleType::int32) {
    return {.name = "emg", .kind = StreamKind::emg, .rate = {52'000, 27}, .type = type,
            .channels = {{.label = "MF <L>", .unit = "uV", .scale = 0.25, .offset = -3.0, .raw_min = -100.0, .raw_max = 100.0}, {.label = "MF_R", .unit = "mV"}},
            .settings = "gain=24"};
}

template <class T>
void append_frames(std::string& file, std::uint32_t id, double at_s, const std::vector<T>& samples, std::size_t n_channels = 2) {
    formats::append_xdf_frames(file, id, at_s, raw_frames(std::span<const T>{samples}, n_channels));
}

/// Two chunks of frames with a hole of 10 between them, a text, and boundaries.
std::string small_file() {
    const double step_s = 27.0 / 52'000.0;
    std::string file;
    formats::append_xdf_begin(file, "<datetime>2026-11-21T10:20:30</datetime>");
    formats::append_xdf_stream(file, 1, emg_stream());
    formats::append_xdf_text_stream(file, 7, "events", "Markers");
    append_frames<std::int32_t>(file, 1, 5.0, {1, -1, 2, -2, 3, -3});
    formats::append_xdf_boundary(file);
    formats::append_xdf_text(file, 7, 5.5, "squat \xc2\xb5");
    append_frames<std::int32_t>(file, 1, 5.0 + 13 * step_s, {4, -4, 5, -5});
    formats::append_xdf_boundary(file);
    formats::append_xdf_footer(file, 1, {5.0, 5.0 + 14 * step_s, 5});
    return file;
}

TEST(Xdf, WhatIsWrittenIsReadBack) {
    const Recording read = read_bytes("small.xdf", small_file());

    EXPECT_EQ(read.trouble, "");
    EXPECT_EQ(read.facts.format, "XDF");
    EXPECT_EQ(read.facts.start, "2026-11-21T10:20:30");
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].name, "emg");
    EXPECT_EQ(read.infos[0].kind, StreamKind::emg);
    EXPECT_EQ(read.infos[0].rate, (Rate{52'000, 27}));
    EXPECT_EQ(read.infos[0].type, SampleType::int32);
    const ChannelInfo& channel = read.infos[0].channels[0];
    EXPECT_EQ(channel.label, "MF <L>");
    EXPECT_EQ(channel.unit, "uV");
    EXPECT_EQ(channel.scale, 0.25);
    EXPECT_EQ(channel.offset, -3.0);
    EXPECT_EQ(channel.raw_min, -100.0);
    EXPECT_EQ(channel.raw_max, 100.0);
    EXPECT_EQ(read.infos[0].channels[1].unit, "mV");
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 4, 5}));
    EXPECT_EQ(read.channel(0, 1), (Values{-1, -2, -3, -4, -5}));
    EXPECT_EQ(read.streams[0].index, (Indices{0, 1, 2, 13, 14}));
    ASSERT_EQ(read.facts.annotations.size(), 1u);
    EXPECT_DOUBLE_EQ(read.facts.annotations[0].onset_s, 0.5);
    EXPECT_EQ(read.facts.annotations[0].text, "squat \xc2\xb5");
}

TEST(Xdf, FloatsAndDoublesKeepTheirBits) {
    for (const SampleType type : {SampleType::float32, SampleType::float64}) {
        std::string file;
        formats::append_xdf_begin(file);
        formats::append_xdf_stream(file, 1, emg_stream(type));
        if (type == SampleType::float32) append_frames<float>(file, 1, 0.0, {0.1f, -0.0f, 1e-40f, 3e38f});
        else append_frames<double>(file, 1, 0.0, {0.1, -0.0, 1e-310, 1e308});
        const Recording read = read_bytes("f.xdf", file);

        EXPECT_EQ(read.infos.at(0).type, type);
        const Values expected = type == SampleType::float32 ? Values{static_cast<double>(0.1f), -0.0, static_cast<double>(1e-40f), static_cast<double>(3e38f)} : Values{0.1, -0.0, 1e-310, 1e308};
        EXPECT_EQ(read.streams[0].samples, expected);
        EXPECT_TRUE(std::signbit(read.streams[0].samples[1]));
    }
}

TEST(Xdf, StreamsComeInTheOrderOfTimeWhateverTheirOrderInTheFile) {
    std::string file;
    formats::append_xdf_begin(file);
    StreamInfo slow = emg_stream();
    slow.rate = {10, 1};
    slow.name = "slow";
    formats::append_xdf_stream(file, 1, emg_stream());
    formats::append_xdf_stream(file, 2, slow);
    append_frames<std::int32_t>(file, 1, 9.0, {3, 3, 4, 4});
    append_frames<std::int32_t>(file, 2, 1.0, {10, 10});
    append_frames<std::int32_t>(file, 1, 2.0, {1, 1, 2, 2});  // written late

    const Recording read = read_bytes("order.xdf", file);  // reading checks that stamps never run backwards
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 4}));
    EXPECT_EQ(read.streams[0].index, (Indices{0, 1, 13'481, 13'482}));  // 7 s at 1925.93 Hz
    EXPECT_EQ(read.streams[1].arrival_ns.at(0), 0);
    EXPECT_EQ(read.streams[0].arrival_ns.at(0), 1'000'519'231);
}

TEST(Xdf, ChannelsOfSeveralKindsAreStreamsOfTheirOwn) {
    std::string file;
    formats::append_xdf_begin(file);
    StreamInfo mixed = emg_stream();
    mixed.channels[1] = {.label = "ACC X", .unit = "m/s^2"};
    formats::append_xdf_stream(file, 1, mixed);
    append_frames<std::int32_t>(file, 1, 0.0, {1, 100, 2, 200});
    std::string typed = file;
    const std::size_t second = typed.rfind("<type>EMG</type>");
    typed.replace(second, 16, "<type>ACC</type>");

    const Recording read = read_bytes("mixed.xdf", typed);
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].name, "emg");
    EXPECT_EQ(read.infos[1].kind, StreamKind::acceleration);
    EXPECT_EQ(read.infos[1].name, "emg acceleration");
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2}));
    EXPECT_EQ(read.channel(1, 0), (Values{100, 200}));
}

TEST(Xdf, CutAnywhereItKeepsEveryWholeFrameAndSaysWhereItIsCut) {
    const std::string bytes = small_file();
    const std::size_t n_begin = bytes.find("</info>", bytes.find("</info>", bytes.find("</info>") + 1) + 1);  // behind the stream headers
    std::size_t n_before = 0;
    for (std::size_t size = 4; size < bytes.size(); ++size) {
        const Recording read = read_bytes("cut.xdf", bytes.substr(0, size));
        const std::size_t n = read.n_frames();
        EXPECT_GE(n, n_before) << size;
        EXPECT_LE(n, n_before + 1) << size;
        n_before = n;
        if (size < n_begin) continue;
        const Values first{1, 2, 3, 4, 5};
        EXPECT_EQ(read.channel(0, 0), Values(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(n))) << size;
    }
    EXPECT_EQ(n_before, 5u);
    EXPECT_TRUE(contains(read_bytes("cut.xdf", bytes.substr(0, bytes.size() - 1)).trouble, "is cut at byte")) << "the footer";
}

TEST(Xdf, ATailOfZerosAsACrashLeavesItIsLeftOut) {
    const Recording read = read_bytes("crash.xdf", small_file() + std::string(5000, '\0'));
    EXPECT_EQ(read.n_frames(), 5u);
    EXPECT_TRUE(contains(read.trouble, "no whole chunk")) << read.trouble;
}

// A wrong value or stamp shows in no XDF file; what can be seen is a length or a count that is wrong.
TEST(Xdf, AWrongLengthOrCountCostsItsBlockAndIsTold) {
    const std::string bytes = small_file();
    const std::size_t content = bytes.find(std::string("\x03\0\x01\0\0\0\x04\x03", 8));  // tag, stream, count of the first samples
    ASSERT_NE(content, std::string::npos);
    for (const std::size_t at : {content - 5, content - 4, content - 3, content - 2, content - 1, content + 6, content + 7, content + 8, content + 9}) {
        for (const char wrong : {'\0', '\xff', '\x07', '\x01'}) {
            std::string damaged = bytes;
            if (damaged[at] == wrong) continue;
            damaged[at] = wrong;
            const Recording read = read_bytes("flip.xdf", damaged);
            const Values samples = read.channel(0, 0);
            ASSERT_GE(samples.size(), 2u) << at << " " << read.trouble;
            EXPECT_EQ(Values(samples.end() - 2, samples.end()), (Values{4, 5})) << at;
            EXPECT_NE(read.trouble, "") << at;
        }
    }
}

TEST(Xdf, AHeaderThatCannotBeCostsItsStreamOnly) {
    for (const auto& [good, bad, said] : {std::tuple{"<channel_count>2", "<channel_count>0", "has 0 channels"}, {"<channel_count>2", "<channel_count>9999999", "from 1 to"},
                                          {"int32</channel_format>", "int99</channel_format>", "int99"}, {"<nominal_srate>1", "<nominal_srate>-", "rate of"},
                                          {"</desc>", "</dsec>", "no XML"}}) {
        std::string header;
        formats::append_xdf_stream(header, 1, emg_stream());
        std::string xml = header.substr(11);
        xml.replace(xml.find(good), std::string{good}.size(), bad);
        std::string file;
        formats::append_xdf_begin(file);
        const auto n = static_cast<std::uint32_t>(xml.size() + 6);
        file += '\x04';
        file.append(reinterpret_cast<const char*>(&n), 4);
        file += std::string("\x02\0\x01\0\0\0", 6) + xml;
        StreamInfo other = emg_stream();
        other.name = "other";
        formats::append_xdf_stream(file, 2, other);
        append_frames<std::int32_t>(file, 1, 0.0, {1, 1});
        append_frames<std::int32_t>(file, 2, 0.0, {2, 2});

        const Recording read = read_bytes("bad.xdf", file);
        ASSERT_EQ(read.infos.size(), 1u) << said;
        EXPECT_EQ(read.channel(0, 0), Values{2});
        EXPECT_TRUE(contains(read.trouble, said)) << read.trouble;
    }
}

TEST(XdfClock, ARestartBeginsALineOfItsOwn) {
    std::vector<XdfClock::Offset> offsets;
    for (int i = 0; i < 20; ++i) offsets.push_back({1000.0 + 5.0 * i, -900.0 + 1e-5 * i});
    for (int i = 0; i < 20; ++i) offsets.push_back({10.0 + 5.0 * i, 200.0});
    offsets[5].offset_s += 0.5;  // a bad measurement is no restart, and moves nothing
    const XdfClock clock{offsets};

    EXPECT_EQ(clock.n_segments(), 2u);
    EXPECT_NEAR(clock.corrected(1050.0), 150.0 + 1e-4, 2e-5);
    EXPECT_NEAR(clock.corrected(1000.0), 100.0, 2e-5);
    EXPECT_DOUBLE_EQ(clock.corrected(50.0), 250.0);
    EXPECT_DOUBLE_EQ(XdfClock{}.corrected(50.0), 50.0);
}

// The team's vector, with the corrected stamps its own decoder gave.
TEST(Xdf, TheSharedVectorIsReadAsItSays) {
    TONUS_NEEDS_SHARED(path, "protocols/vectors/file-formats.json");
    const nlohmann::json xdf = test::file_vectors().at("xdf");
    const Recording read = read_bytes("vector.xdf", test::bytes_of_hex(xdf.at("hex")));
    const Values corrected = xdf.at("corrected").at("1");

    EXPECT_EQ(read.trouble, "");
    EXPECT_EQ(read.streams.at(0).samples, (Values{1.5, -2.5, 2.5, -3.5, 3.5, -4.5, 9.0, -9.0}));
    EXPECT_EQ(read.streams[0].index, (Indices{0, 1, 2, 500}));
    EXPECT_EQ(read.streams[0].arrival_ns.back(), std::llround((corrected.back() - corrected.front()) * 1e9));
    ASSERT_EQ(read.facts.annotations.size(), 1u);
    EXPECT_EQ(read.facts.annotations[0].text, "start");

    const Recording cut = read_bytes("vector.xdf", test::bytes_of_hex(xdf.at("truncated").at("hex")));
    EXPECT_TRUE(contains(cut.trouble, "is cut")) << cut.trouble;
    EXPECT_GE(cut.streams.at(0).n_frames(), 3u);
}

TEST(RealXdf, TheSmallestExample) {
    TONUS_NEEDS_SHARED(path, "data/06_xdf/minimal.xdf");
    const Recording read = test::read_all(system_files(), path.string());

    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].name, "SendDataC");
    EXPECT_EQ(read.infos[0].rate, (Rate{10, 1}));
    EXPECT_EQ(read.infos[0].type, SampleType::int32);
    EXPECT_EQ(read.channel(0, 0), (Values{192, 12, 13, 14, 15, 12, 13, 14, 15}));
    EXPECT_EQ(read.channel(0, 2), (Values{238, 32, 33, 34, 35, 32, 33, 34, 35}));
    EXPECT_EQ(read.streams[0].arrival_ns.back(), 800'000'000);
    ASSERT_EQ(read.facts.annotations.size(), 9u);
    EXPECT_TRUE(contains(read.facts.annotations[0].text, "xml version")) << "its first text is an XML footer";
    EXPECT_EQ(read.facts.annotations[4].text, "LSL");
    EXPECT_NEAR(read.facts.annotations[4].onset_s, 0.5, 1e-9) << "5.5 without offsets, after 5.1 - 0.1";
}

TEST(RealXdf, ADeviceThatWasRestartedStaysOnOneClock) {
    TONUS_NEEDS_SHARED(path, "data/06_xdf/clock_resets.xdf");
    const Recording read = test::read_all(system_files(), path.string());

    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 1u);
    EXPECT_EQ(read.infos[0].name, "BioSemi");
    EXPECT_EQ(read.infos[0].channels.size(), 8u);
    EXPECT_EQ(read.infos[0].type, SampleType::float32);
    EXPECT_EQ(read.streams[0].n_frames(), 27'815u);
    EXPECT_EQ(read.facts.annotations.size(), 175u);
    // Both clocks end at the recorder's: its offsets span 653156 - 652340 = 815.7 s to 264.6 + 1121.2 = 1385.8 s.
    EXPECT_NEAR(read.facts.annotations.front().onset_s, 653'153.212 - 653'150.3795, 0.1);
    EXPECT_NEAR(*read.facts.duration_s, (262.0 + 1121.1656) - (653'150.38 - 652'340.2838), 0.2);
    EXPECT_NEAR(read.channel(0, 0).front(), 0.142, 5e-4);
    EXPECT_NEAR(read.channel(0, 7).back(), 0.892, 5e-4);
    EXPECT_TRUE(contains(read.notes(), "by its stamps it is")) << "it says 100 Hz and has 93";
}

TEST(RealXdf, EmptyStreamsAreRemarkedOn) {
    TONUS_NEEDS_SHARED(path, "data/06_xdf/empty_streams.xdf");
    const Recording read = test::read_all(system_files(), path.string());

    EXPECT_EQ(read.trouble, "");
    ASSERT_EQ(read.infos.size(), 2u);
    EXPECT_EQ(read.infos[0].name, "Empty data stream: test stream 0 counter");
    EXPECT_EQ(read.streams[0].n_frames(), 0u);
    EXPECT_EQ(read.infos[1].channels[0].label, "ch:00");
    EXPECT_EQ(read.channel(1, 0), (Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_TRUE(contains(read.notes(), "stream 'Empty marker stream: test stream 0 counter' is empty"));
    ASSERT_EQ(read.facts.annotations.size(), 1u);
    EXPECT_EQ(read.facts.annotations[0].text, "{\"state\": 2}");
    EXPECT_NEAR(read.facts.annotations[0].onset_s, 91'725.014004 - 91'725.213948, 1e-3);
}

}  // namespace
}  // namespace tonus
