// NumPy arrays: our own, and those numpy.save writes.

#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/formats/npy.hpp"
#include "tests/formats/collect.hpp"

namespace tonus {
namespace {

using test::contains;
using test::expect_error;
using test::read_bytes;
using test::Recording;
using Values = std::vector<double>;

const ReadOptions kRate{.rate = Rate{100, 1}};

/// A file as numpy.save writes it: version 1, the header padded to 64 bytes.
template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& elements, bool fortran = false) {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}", descr, fortran ? "True" : "False", shape);
    header.resize((header.size() + 10 + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::string text{"\x93NUMPY\x01\x00", 8};
    text += static_cast<char>(header.size());
    text += '\0';
    text += header;
    const std::size_t begin = text.size();
    text.resize(begin + elements.size() * sizeof(T));
    std::memcpy(text.data() + begin, elements.data(), elements.size() * sizeof(T));
    return text;
}

template <class T>
void expect_elements(const std::string& descr, SampleType type, const std::vector<T>& elements) {
    SCOPED_TRACE(descr);
    const Recording read = read_bytes("a.npy", npy(descr, fmt::format("({},)", elements.size()), elements), kRate);
    EXPECT_EQ(read.infos.at(0).type, type);
    EXPECT_EQ(read.channel(0, 0), Values(elements.begin(), elements.end()));
    EXPECT_EQ(read.trouble, "");
}

TEST(Npy, WhatIsWrittenIsReadBackEqual) {
    SimFiles files;
    std::vector<float> rows;
    for (int i = 0; i < 3 * 40'000; ++i) rows.push_back(0.1f * static_cast<float>(i % 997) - 30.0f);
    {
        NpyWriter writer{files, "out.npy", 3};
        const std::span<const float> all{rows};
        for (std::size_t at = 0; at < rows.size(); at += 3 * 1000) writer.write(all.subspan(at, 3 * 1000));
        writer.close();
    }
    const std::string bytes = test::as_text(files.content("out.npy"));
    ASSERT_EQ(bytes.size(), 128 + rows.size() * sizeof(float));
    EXPECT_EQ(bytes[127], '\n');
    EXPECT_TRUE(contains(bytes.substr(0, 128), "'shape': (40000, 3)"));

    const Recording read = test::read_all(files, "out.npy", kRate);
    EXPECT_EQ(read.facts.format, "NumPy array");
    EXPECT_EQ(read.infos.at(0).type, SampleType::float32);
    EXPECT_EQ(read.facts.duration_s, 400.0);
    EXPECT_EQ(read.streams[0].samples, Values(rows.begin(), rows.end()));
}

TEST(Npy, AFullDiskIsToldWithThePath) {
    SimFiles files;
    files.set_capacity(1000);
    NpyWriter writer{files, "out.npy", 1};
    writer.write(std::vector<float>(500));
    expect_error(ErrorKind::failed, {"out.npy", "disk full"}, [&] { writer.close(); });
}

TEST(Npy, EveryElementTypeKeepsItsNumbers) {
    expect_elements<float>("<f4", SampleType::float32, {1.5f, -0.1f, 3e30f});
    expect_elements<double>("<f8", SampleType::float64, {1.5, -0.1, 1e300});
    expect_elements<std::int8_t>("|i1", SampleType::int32, {-128, 0, 127});
    expect_elements<std::uint8_t>("|u1", SampleType::int32, {0, 128, 255});
    expect_elements<std::int16_t>("<i2", SampleType::int32, {-32768, 0, 32767});
    expect_elements<std::uint16_t>("<u2", SampleType::int32, {0, 1, 65535});
    expect_elements<std::int32_t>("<i4", SampleType::int32, {INT32_MIN, 0, INT32_MAX});
    expect_elements<std::uint32_t>("<u4", SampleType::float64, {0, 1, UINT32_MAX});
    expect_elements<std::int64_t>("<i8", SampleType::float64, {-(1LL << 53), 0, 1LL << 53});
}

TEST(Npy, FortranOrderIsTheSameArray) {
    const Recording c = read_bytes("c.npy", npy<double>("<f8", "(3, 2)", {1, 10, 2, 20, 3, 30}), kRate);
    const Recording f = read_bytes("f.npy", npy<double>("<f8", "(3, 2)", {1, 2, 3, 10, 20, 30}, true), kRate);

    EXPECT_EQ(c.channel(0, 0), (Values{1, 2, 3}));
    EXPECT_EQ(c.channel(0, 1), (Values{10, 20, 30}));
    EXPECT_EQ(f.streams.at(0).samples, c.streams.at(0).samples);
    EXPECT_EQ(f.notes() + c.notes(), "");
}

TEST(Npy, ChannelsByFramesAreTurnedWithANote) {
    for (const bool fortran : {false, true}) {
        const std::vector<double> elements = fortran ? std::vector<double>{1, 10, 2, 20, 3, 30} : std::vector<double>{1, 2, 3, 10, 20, 30};
        const Recording read = read_bytes("t.npy", npy("<f8", "(2, 3)", elements, fortran), kRate);

        EXPECT_EQ(read.channel(0, 0), (Values{1, 2, 3}));
        EXPECT_EQ(read.channel(0, 1), (Values{10, 20, 30}));
        EXPECT_TRUE(contains(read.notes(), "(2, 3): taken as channels by frames")) << read.notes();
    }
}

// Longer than a stretch, so that the pieces of a turned array must meet.
TEST(Npy, ALongTurnedArrayKeepsItsOrder) {
    std::vector<std::int16_t> elements;
    for (int c = 0; c < 3; ++c) {
        for (int f = 0; f < 1003; ++f) elements.push_back(static_cast<std::int16_t>(10'000 * (c - 1) + f));
    }
    const Recording read = read_bytes("l.npy", npy("<i2", "(3, 1003)", elements), {.rate = Rate{1000, 1}, .channels = {"3", "1"}});

    ASSERT_EQ(read.streams.at(0).n_frames(), 1003u);
    EXPECT_EQ(read.streams[0].arrival_ns.front(), 99'000'000);
    for (std::size_t f = 0; f < 1003; ++f) {
        EXPECT_EQ(read.streams[0].samples[2 * f], static_cast<double>(f) - 10'000.0);
        EXPECT_EQ(read.streams[0].samples[2 * f + 1], static_cast<double>(f) + 10'000.0);
    }
}

TEST(Npy, Version2HasAHeaderLengthOfFourBytes) {
    std::string bytes = npy<double>("<f8", "(2,)", {1, 2});
    bytes[6] = 2;
    bytes.insert(10, 2, '\0');
    EXPECT_EQ(read_bytes("v.npy", bytes, kRate).channel(0, 0), (Values{1, 2}));
    bytes[6] = 4;
    expect_error(ErrorKind::input, {"v.npy", "version 4"}, [&] { read_bytes("v.npy", bytes, kRate); });
}

TEST(Npy, WhatIsNotReadIsRefusedWithAdvice) {
    const std::vector<double> two{1, 2};
    for (const std::string descr : {">f8", ">i2", "<c8", "|b1", "|O", "<U3", "<f2"}) {
        expect_error(ErrorKind::input, {"x.npy", descr, "float32, float64 or a little-endian integer"},
                     [&] { read_bytes("x.npy", npy(descr, "(2,)", two), kRate); });
    }
    for (const std::string shape : {"()", "(1, 2, 1)", "(-2,)", "(2.0,)", "(0,)", "(0, 4)", "(2, 0)", "(99999999999999999999,)"}) {
        expect_error(ErrorKind::input, {"x.npy"}, [&] { read_bytes("x.npy", npy("<f8", shape, two), kRate); });
    }
    expect_error(ErrorKind::input, {"x.npy", "4096 channels"}, [&] { read_bytes("x.npy", npy("<f8", "(5000, 4097)", two), kRate); });
}

TEST(Npy, WithoutARateTheErrorSaysHowToGiveIt) {
    expect_error(ErrorKind::usage, {"r.npy", "sampling rate", "file:r.npy?rate=1000"}, [] { read_bytes("r.npy", npy<float>("<f4", "(2,)", {1, 2})); });
}

TEST(Npy, CutAnywhereItIsRefusedOrReadToItsLastWholeFrame) {
    const std::string bytes = npy<float>("<f4", "(5, 2)", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    const std::size_t n_header = bytes.size() - 40;
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        if (size < n_header) {
            expect_error(ErrorKind::input, {"cut.npy"}, [&] { read_bytes("cut.npy", bytes.substr(0, size), kRate); });
            continue;
        }
        const Recording read = read_bytes("cut.npy", bytes.substr(0, size), kRate);
        EXPECT_EQ(read.n_frames(), (size - n_header) / 8) << size;
        EXPECT_EQ(contains(read.trouble, "truncated"), size < bytes.size()) << read.trouble;
    }
}

TEST(Npy, AnArrayOfChannelAfterChannelThatIsCutHasNoWholeFrame) {
    const std::string bytes = npy<float>("<f4", "(3, 2)", {1, 2, 3, 4, 5, 6}, true);
    expect_error(ErrorKind::input, {"f.npy", "truncated"}, [&] { read_bytes("f.npy", bytes.substr(0, bytes.size() - 1), kRate); });
}

TEST(Npy, OneWrongByteInTheHeaderNeverMakesMoreThanTheFileHolds) {
    for (const bool fortran : {false, true}) {
        const std::string bytes = npy<float>("<f4", "(5, 2)", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, fortran);
        for (std::size_t at = 0; at < bytes.size() - 40; ++at) {
            for (const char wrong : {'\0', '\xff', '9', '\'', ')', ',', '\n'}) {
                std::string damaged = bytes;
                damaged[at] = wrong;
                try {
                    const Recording read = read_bytes("bad.npy", damaged, kRate);
                    // At most a byte each, where the type became |i1 or the header shorter.
                    EXPECT_LE(read.streams.at(0).samples.size(), damaged.size());
                } catch (const Error& error) {
                    EXPECT_TRUE(contains(error.what(), "bad.npy")) << error.what();
                }
            }
        }
    }
}

}  // namespace
}  // namespace tonus
