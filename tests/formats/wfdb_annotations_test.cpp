// Annotations beside a WFDB record: each form of annot(5), and ours as they come back.

#include <gtest/gtest.h>

#include "engine/formats/convert.hpp"
#include "tests/formats/collect.hpp"

namespace tonus {
namespace {

using test::as_bytes;
using test::contains;
using test::Recording;
using namespace std::string_literals;

std::string word(unsigned code, unsigned value) {
    const unsigned bits = code << 10 | value;
    return {static_cast<char>(bits & 0xff), static_cast<char>(bits >> 8)};
}

std::string aux(const std::string& text) { return word(63, static_cast<unsigned>(text.size())) + text + std::string(text.size() % 2, '\0'); }

const std::string kEnd = "\0\0"s;

Recording read_with(const std::string& annotations) {
    SimFiles files;
    files.put("rec.hea", as_bytes("rec 1 250 4\nrec.dat 16 200/mV\n"));
    files.put("rec.dat", as_bytes("\1\0\2\0\3\0\4\0"s));
    files.put("rec.atr", as_bytes(annotations));
    return test::read_all(files, "rec.hea");
}

TEST(WfdbAnnotations, EveryFormIsUnderstood) {
    const std::string leap = word(59, 0) + "\x01\x00\x02\x00"s;  // 65538, the high word first
    const Recording read = read_with(word(28, 50) + aux("(AFIB") + word(1, 200) + word(61, 1) + word(62, 3) + word(60, 2) + leap + word(22, 0) + aux("lift") + word(41, 1023) + word(47, 1) + kEnd);

    const auto& notes = read.facts.annotations;
    ASSERT_EQ(notes.size(), 5u);
    EXPECT_EQ(notes[0].text, "+ (AFIB");
    EXPECT_EQ(notes[0].onset_s, 0.2);
    EXPECT_EQ(notes[1].text, "N");
    EXPECT_EQ(notes[1].onset_s, 1.0);
    EXPECT_EQ(notes[2].text, "lift");
    EXPECT_EQ(notes[2].onset_s, (250.0 + 65538.0) / 250.0);
    EXPECT_EQ(notes[3].text, "r");
    EXPECT_EQ(notes[4].text, "code 47");
    EXPECT_EQ(read.notes(), "");
}

TEST(WfdbAnnotations, CountTimeInTheirOwnSteps) {
    const Recording read = read_with(word(22, 0) + aux("## time resolution: 1000") + word(22, 0) + aux("## made by hand") + word(1, 500) + kEnd);
    ASSERT_EQ(read.facts.annotations.size(), 1u);
    EXPECT_EQ(read.facts.annotations[0].onset_s, 0.5);
}

TEST(WfdbAnnotations, ALeapBackIsPutInOrderAndOneBeforeTheBeginningIsLeftOut) {
    const Recording read = read_with(word(1, 500) + word(59, 0) + "\xff\xff\x06\xff"s + word(5, 0) + word(59, 0) + "\x00\x80\x00\x00"s + word(6, 0) + kEnd);
    ASSERT_EQ(read.facts.annotations.size(), 2u);
    EXPECT_EQ(read.facts.annotations[0].text, "V");
    EXPECT_EQ(read.facts.annotations[0].onset_s, 1.0);
}

TEST(WfdbAnnotations, CutAnywhereThoseBeforeAreKeptAndItIsTold) {
    const std::string whole = word(1, 100) + word(59, 0) + "\0\0\x10\0"s + word(22, 0) + aux("second") + word(5, 9) + kEnd;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Recording read = read_with(whole.substr(0, size));
        EXPECT_TRUE(contains(read.notes(), "rec.atr breaks off at byte")) << size;
        EXPECT_EQ(read.facts.annotations.size(), size < 2 ? 0u : size < 10 ? 1u : size < 20 ? 2u : 3u) << size;
        EXPECT_EQ(read.n_frames(), 4u);
    }
}

TEST(WfdbAnnotations, OursComeBack) {
    SimFiles files;
    files.put("rec.hea", as_bytes("rec 1 250 4\nrec.dat 16 200/mV\n"));
    files.put("rec.dat", as_bytes("\1\0\2\0\3\0\4\0"s));
    files.put("rec.atr", as_bytes(word(22, 1) + aux("first") + word(22, 2) + aux("third") + kEnd));
    convert_recording(files, "rec.hea", "again.hea", {}, {}, [](double) {});
    const Recording read = test::read_all(files, "again.hea");
    ASSERT_EQ(read.facts.annotations.size(), 2u);
    EXPECT_EQ(read.facts.annotations[0].text, "first");
    EXPECT_EQ(read.facts.annotations[0].onset_s, 0.004);
    EXPECT_EQ(read.facts.annotations[1].text, "third");
    EXPECT_EQ(read.facts.annotations[1].onset_s, 0.012);
}

}  // namespace
}  // namespace tonus
