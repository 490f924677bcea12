// What is written is read back: values, rates, labels, units, losses and remarks, in every format.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

#include "engine/formats/convert.hpp"
#include "engine/formats/edf_scaling.hpp"
#include "engine/formats/xdf_blocks.hpp"
#include "tests/formats/collect.hpp"
#include "tests/formats/edf_file.hpp"

namespace tonus {
namespace {

using formats::Selection;
using test::contains;
using test::expect_error;
using test::read_all;
using test::Recording;
using Indices = std::vector<std::uint64_t>;
using Values = std::vector<double>;

/// Two streams for 3 s with 40 frames of EMG lost after 1 s, and two remarks.
void put_source(SimFiles& files) {
    std::string file;
    formats::append_xdf_begin(file, "<datetime>2026-11-21T10:20:30</datetime>");
    const StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}, .type = SampleType::float32,
                         .channels = {{.label = "MF_L", .unit = "mV", .scale = 0.5}, {.label = "a label that is long", .unit = "uV", .offset = 20'000.0}}};
    const StreamInfo acc{.name = "acc", .kind = StreamKind::acceleration, .rate = {100, 1}, .type = SampleType::int32,
                         .channels = {{.label = "ACC X", .unit = "m/s^2", .scale = 0.01, .offset = 0.0, .raw_min = -2000, .raw_max = 2000}}};
    formats::append_xdf_stream(file, 1, emg);
    formats::append_xdf_stream(file, 2, acc);
    formats::append_xdf_text_stream(file, 3, "marks", "Markers");
    std::vector<float> first, second;
    std::vector<std::int32_t> counts;
    for (int i = 0; i < 3000; ++i) {
        if (i >= 1000 && i < 1040) continue;
        std::vector<float>& into = i < 1000 ? first : second;
        into.push_back(static_cast<float>(std::sin(0.1 * i)));
        into.push_back(i == 1500 ? NAN : static_cast<float>(50.0 * std::cos(0.07 * i)));
    }
    for (int i = 0; i < 300; ++i) counts.push_back(i * 7 - 1000);
    formats::append_xdf_frames(file, 1, 5.0, raw_frames(std::span<const float>{first}, 2));
    formats::append_xdf_frames(file, 1, 6.04, raw_frames(std::span<const float>{second}, 2));
    formats::append_xdf_frames(file, 2, 5.0, raw_frames(std::span<const std::int32_t>{counts}, 1));
    formats::append_xdf_text(file, 3, 5.5, "squat");
    formats::append_xdf_text(file, 3, 7.25, "stand \xc2\xb5");
    files.put("in.xdf", test::as_bytes(file));
}

ConvertReport convert(SimFiles& files, const std::string& out, const Selection& selection = {}, const std::string& in = "in.xdf") {
    return convert_recording(files, in, out, {}, selection, [](double part) { EXPECT_GE(part, 0.0); });
}

/// Values of a channel in its unit by frame, from whichever stream has the label; nothing where lost.
std::map<std::uint64_t, double> values_of(const Recording& read, const std::string& label) {
    std::map<std::uint64_t, double> values;
    for (std::size_t s = 0; s < read.infos.size(); ++s) {
        for (std::size_t c = 0; c < read.infos[s].channels.size(); ++c) {
            const ChannelInfo& info = read.infos[s].channels[c];
            if (info.label != label) continue;
            const Values raw = read.channel(s, c);
            for (std::size_t i = 0; i < raw.size(); ++i) {
                if (std::isfinite(raw[i])) values[read.streams[s].index[i]] = raw[i] * info.scale + info.offset;
            }
        }
    }
    return values;
}

void expect_same(const Recording& a, const std::string& label_a, const Recording& b, const std::string& label_b, double scale, double tolerance) {
    const auto expected = values_of(a, label_a), got = values_of(b, label_b);
    ASSERT_FALSE(expected.empty()) << label_a;
    double most = 0.0;
    for (const auto& [index, value] : expected) {
        const auto found = got.find(index);
        ASSERT_NE(found, got.end()) << label_b << " frame " << index;
        most = std::max(most, std::abs(found->second - value * scale));
    }
    EXPECT_LE(most, tolerance) << label_b;
}

TEST(Writers, XdfHoldsEverythingToTheBit) {
    SimFiles files;
    put_source(files);
    const ConvertReport report = convert(files, "out.xdf");
    const Recording a = read_all(files, "in.xdf"), b = read_all(files, "out.xdf");

    EXPECT_TRUE(report.losses.empty());
    EXPECT_EQ(b.trouble, "");
    ASSERT_EQ(b.infos.size(), a.infos.size());
    for (std::size_t s = 0; s < a.infos.size(); ++s) {
        EXPECT_EQ(b.infos[s].name, a.infos[s].name);
        EXPECT_EQ(b.infos[s].type, a.infos[s].type);
        EXPECT_EQ(b.infos[s].rate, a.infos[s].rate);
        EXPECT_EQ(b.infos[s].channels[0].scale, a.infos[s].channels[0].scale);
        EXPECT_EQ(b.streams[s].index, a.streams[s].index);
        ASSERT_EQ(b.streams[s].samples.size(), a.streams[s].samples.size());
        EXPECT_EQ(std::memcmp(b.streams[s].samples.data(), a.streams[s].samples.data(), 8 * a.streams[s].samples.size()), 0);
        EXPECT_EQ(b.streams[s].arrival_ns, a.streams[s].arrival_ns);
    }
    EXPECT_EQ(b.facts.start, a.facts.start);
    ASSERT_EQ(b.facts.annotations.size(), 2u);
    EXPECT_DOUBLE_EQ(b.facts.annotations[0].onset_s, 0.5);
    EXPECT_EQ(b.facts.annotations[1].text, "stand \xc2\xb5");
}

// A hole that is a remark of EDF+ lasts; a marker does not.
TEST(Writers, TellThatDurationsOfRemarksAreLeftOut) {
    SimFiles files;
    put_source(files);
    convert(files, "out.edf");
    for (const std::string name : {"again.xdf", "again.hea"}) {
        const ConvertReport report = convert(files, name, {}, "out.edf");
        std::string losses;
        for (const std::string& loss : report.losses) losses += loss + "\n";
        EXPECT_TRUE(contains(losses, "durations of annotations are left out")) << name << ": " << losses;
    }
}

TEST(Writers, EdfAndBdfClipNothingAndSayWhatTheyRound) {
    for (const auto& [out, step_mv] : {std::pair{"out.edf", 1.0 / 65'534}, {"out.bdf", 1.0 / 16'777'214}}) {
        SimFiles files;
        put_source(files);
        const ConvertReport report = convert(files, out);
        const Recording a = read_all(files, "in.xdf"), b = read_all(files, out);

        EXPECT_EQ(b.trouble, "");
        EXPECT_EQ(b.facts.start, "2026-11-21T10:20:30");
        ASSERT_EQ(b.infos.size(), 2u);
        EXPECT_EQ(b.infos[0].rate, (Rate{1000, 1}));
        EXPECT_EQ(b.infos[1].rate, (Rate{100, 1}));
        expect_same(a, "MF_L", b, "MF_L", 1000.0, 1000.0 * 0.51 * step_mv + 1e-9);  // written in uV
        expect_same(a, "a label that is long", b, "a label that is", 1.0, 0.002);
        expect_same(a, "ACC X", b, "ACC X", 1.0, 1e-9);
        EXPECT_EQ(b.channel(1, 0)[1], -993.0) << "counts that fit stay";
        // What is lost is below every real value, and said.
        const auto lost = values_of(b, "MF_L");
        for (const auto& [index, value] : values_of(a, "MF_L")) ASSERT_LT(lost.at(1010), 1000.0 * value) << index;
        ASSERT_EQ(b.facts.annotations.size(), 3u);
        EXPECT_EQ(b.facts.annotations[1].text, "dropped 40 of emg");
        EXPECT_DOUBLE_EQ(b.facts.annotations[1].onset_s, 1.0);
        EXPECT_DOUBLE_EQ(*b.facts.annotations[1].duration_s, 0.04);
        EXPECT_EQ(b.facts.annotations[2].text, "stand \xc2\xb5");
        std::string losses;
        for (const std::string& loss : report.losses) losses += loss + "\n";
        EXPECT_TRUE(contains(losses, "'emg': values are rounded")) << losses;
        EXPECT_TRUE(contains(losses, "40 lost frames")) << losses;
        EXPECT_TRUE(contains(losses, "cut to 16")) << losses;
    }
}

TEST(Writers, ARecordThatIsLostAltogetherIsLeftOutOfEdf) {
    SimFiles files;
    test::EdfFile edf{.reserved = "EDF+D", .signals = {{.n_samples = 4}, test::edf_annotations()}};
    edf.add_record({1, 2, 3, 4}, test::edf_times(0));
    edf.add_record({5, 6, 7, 8}, test::edf_times(10));
    files.put("in.edf", test::as_bytes(edf.bytes()));
    convert(files, "out.edf", {}, "in.edf");

    const Recording read = read_all(files, "out.edf");
    EXPECT_EQ(read.facts.format, "EDF+D");
    EXPECT_EQ(read.streams.at(0).index, (Indices{0, 1, 2, 3, 40, 41, 42, 43}));
    EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_LT(files.content("out.edf").size(), 2000u);
}

/// A stream of a second, and one of another beginning with a gap behind the end of the first.
std::string two_streams(double second_begin_s, double gap_s) {
    std::string file;
    formats::append_xdf_begin(file);
    formats::append_xdf_stream(file, 1, {.name = "emg", .kind = StreamKind::emg, .rate = {100, 1}, .type = SampleType::int32, .channels = {{.label = "TA"}}});
    formats::append_xdf_stream(file, 2, {.name = "acc", .kind = StreamKind::acceleration, .rate = {10, 1}, .type = SampleType::int32, .channels = {{.label = "X"}}});
    const std::vector<std::int32_t> emg(100, 3), acc(20, 4);
    formats::append_xdf_frames(file, 1, 0.0, raw_frames(std::span<const std::int32_t>{emg}, 1));
    formats::append_xdf_frames(file, 2, second_begin_s, raw_frames(std::span<const std::int32_t>{acc}, 1));
    formats::append_xdf_frames(file, 2, second_begin_s + 2.0 + gap_s, raw_frames(std::span<const std::int32_t>{acc}, 1));
    return file;
}

// Many readers open continuous files alone: a file is called discontinuous where a record is missing, and only there.
TEST(Writers, EdfIsDiscontinuousWhereARecordIsMissingAndNowhereElse) {
    for (const auto& [begin_s, gap_s, format] : {std::tuple{0.0, 0.5, "EDF+C"}, std::tuple{0.3, 0.5, "EDF+C"}, std::tuple{0.0, 30.0, "EDF+D"}}) {
        SimFiles files;
        files.put("in.xdf", test::as_bytes(two_streams(begin_s, gap_s)));
        convert(files, "out.edf");
        const Recording read = read_all(files, "out.edf");
        const auto bytes = files.content("out.edf");
        EXPECT_EQ((std::string{reinterpret_cast<const char*>(bytes.data()) + 192, 5}), format) << begin_s << " " << gap_s;
        ASSERT_EQ(read.streams.size(), 2u);
        const Values values = read.channel(1, 0);
        std::vector<std::uint64_t> there;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i] == 4.0) there.push_back(read.streams[1].index[i]);
        }
        ASSERT_EQ(there.size(), 40u);
        EXPECT_EQ(there[20] - there[19], 1u + static_cast<std::uint64_t>(gap_s * 10.0 + 0.5)) << begin_s << " " << gap_s;
    }
}

TEST(Writers, ARateThatIsNoWholeNumberFindsARecordInEdf) {
    SimFiles files;
    std::string file;
    formats::append_xdf_begin(file);
    formats::append_xdf_stream(file, 1, {.name = "emg", .kind = StreamKind::emg, .rate = {52'000, 27}, .type = SampleType::int32, .channels = {{.label = "TA"}}});
    std::vector<std::int32_t> samples(5000);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::int32_t>(i);
    formats::append_xdf_frames(file, 1, 0.0, raw_frames(std::span<const std::int32_t>{samples}, 1));
    files.put("in.xdf", test::as_bytes(file));
    convert(files, "out.edf");

    const Recording read = read_all(files, "out.edf");
    EXPECT_EQ(read.infos.at(0).rate, (Rate{52'000, 27}));
    const Values values = read.channel(0, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_EQ(values.at(i), samples[i]);
}

TEST(Writers, WfdbHoldsLossesAsInvalid) {
    SimFiles files;
    put_source(files);
    const ConvertReport report = convert(files, "out.hea");
    const Recording a = read_all(files, "in.xdf"), b = read_all(files, "out.hea");

    EXPECT_EQ(b.trouble, "");
    EXPECT_EQ(report.paths, (std::vector<std::string>{"out.hea", "out.dat", "out.atr"}));
    ASSERT_EQ(b.infos.size(), 2u);
    EXPECT_EQ(b.infos[0].rate, (Rate{1000, 1}));
    expect_same(a, "MF_L", b, "MF_L", 1.0, 0.51 / 65'532);
    expect_same(a, "a label that is long", b, "a label that is long", 1.0, 0.51 * 100.0 / 65'532);
    expect_same(a, "ACC X", b, "ACC X", 1.0, 1e-9);
    const auto values = values_of(b, "MF_L");
    EXPECT_EQ(values.count(999), 1u);
    EXPECT_EQ(values.count(1000), 0u);
    EXPECT_EQ(values.count(1040), 1u);
    EXPECT_EQ(values_of(b, "a label that is long").count(1500), 0u);
    EXPECT_GT(files.content("out.atr").size(), 10u);
}

TEST(Writers, CsvHasAFileForEachStreamAndTimesThatLeap) {
    SimFiles files;
    put_source(files);
    const ConvertReport report = convert(files, "out.csv");
    EXPECT_EQ(report.paths, (std::vector<std::string>{"out_emg.csv", "out_acc.csv"}));
    const Recording a = read_all(files, "in.xdf"), emg = read_all(files, "out_emg.csv"), acc = read_all(files, "out_acc.csv");
    EXPECT_EQ(emg.infos.at(0).rate, (Rate{1000, 1}));
    EXPECT_EQ(emg.streams[0].index, a.streams[0].index);
    expect_same(a, "MF_L", emg, "MF_L", 1.0, 0.0);
    EXPECT_EQ(emg.infos[0].channels[0].unit, "mV");
    expect_same(a, "ACC X", acc, "ACC X", 1.0, 0.0);
}

TEST(Writers, NumPyHasAnArrayForEachStreamWithLossesInTheirPlace) {
    SimFiles files;
    put_source(files);
    const ConvertReport report = convert(files, "out.npy");
    EXPECT_EQ(report.paths, (std::vector<std::string>{"out_emg.npy", "out_acc.npy"}));
    EXPECT_TRUE(test::contains(report.losses.at(0), "1000 Hz") && test::contains(report.losses[0], "MF_L[mV], a label that is long[uV]")) << report.losses[0];
    const Recording a = read_all(files, "in.xdf"), emg = read_all(files, "out_emg.npy", {.rate = Rate{1000, 1}});
    ASSERT_EQ(emg.n_frames(), 3000u);
    EXPECT_EQ(emg.infos[0].type, SampleType::float64);
    EXPECT_EQ(values_of(emg, "ch1"), values_of(a, "MF_L")) << "all 2960 values, and no others";
    EXPECT_EQ(values_of(emg, "ch2").count(1500), 0u);
    EXPECT_EQ(files.content("out_acc.npy").size(), 128u + 300u * 8u);
}

TEST(Writers, APartIsWhatTheWholeHoldsThere) {
    SimFiles files;
    put_source(files);
    convert(files, "part.xdf", {.streams = {"emg"}, .from_s = 0.25, .to_s = 1.5});
    const Recording whole = read_all(files, "in.xdf"), part = read_all(files, "part.xdf");

    ASSERT_EQ(part.infos.size(), 1u);
    const auto a = values_of(whole, "MF_L"), b = values_of(part, "MF_L");
    EXPECT_EQ(b.size(), 1250u - 40u);
    for (const auto& [index, value] : b) ASSERT_EQ(a.at(index + 250), value) << index;
    EXPECT_EQ(b.rbegin()->first, 1249u);
    ASSERT_EQ(part.facts.annotations.size(), 1u);
    EXPECT_DOUBLE_EQ(part.facts.annotations[0].onset_s, 0.25);
    expect_error(ErrorKind::usage, {"in.xdf", "'eeg'", "emg, acc"}, [&] { convert(files, "x.xdf", {.streams = {"eeg"}}); });
    expect_error(ErrorKind::usage, {"in.xdf", "between 2 s and 1 s"}, [&] { convert(files, "x.xdf", {.from_s = 2.0, .to_s = 1.0}); });
}

TEST(Writers, NothingIsOverwrittenAndNothingHalfWrittenHasTheName) {
    SimFiles files;
    put_source(files);
    files.put("taken.edf", test::as_bytes("mine"));
    expect_error(ErrorKind::usage, {"taken.edf", "exists already"}, [&] { convert(files, "taken.edf"); });
    EXPECT_EQ(test::as_text(files.content("taken.edf")), "mine");
    expect_error(ErrorKind::usage, {"out.wav", ".xdf"}, [&] { convert(files, "out.wav"); });

    for (const char* out : {"out.xdf", "out.edf", "out.hea", "out.mat", "out.csv", "out.npy"}) {
        SimFiles healthy;
        put_source(healthy);
        const std::uint64_t before = healthy.n_writes();
        convert(healthy, out);
        for (std::uint64_t call = 1; call <= healthy.n_writes() - before; ++call) {
            SimFiles full{{{.on = SimFault::On::write, .call = call, .error_number = 28, .from_then_on = true}}};
            put_source(full);
            expect_error(ErrorKind::failed, {"disk full"}, [&] { convert(full, out); });
            EXPECT_FALSE(full.exists(out)) << out << " write " << call;
        }
    }
}

TEST(EdfScaling, EightCharactersAreRoundedOutwards) {
    EXPECT_EQ(formats::eight_characters(1234.56789, true), "1234.568");
    EXPECT_EQ(formats::eight_characters(-1234.56789, false), "-1234.57");
    EXPECT_EQ(formats::eight_characters(0.0000123, true), "0.000013");
    EXPECT_EQ(formats::eight_characters(-99'999.96, false), "-100000");
    expect_error(ErrorKind::usage, {"digits"}, [] { formats::eight_characters(1e9, true); });
}

}  // namespace
}  // namespace tonus
