#include "engine/core/rate.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr Rate kDelsys{58'000, 27};  // 58 samples in 27 ms
constexpr Rate k250Hz{250, 1};
constexpr Rate k1000Hz{1000, 1};

// Expected numbers: floor(100 i / rate) and ceil(t rate / 100), in Python's exact fractions.
TEST(Rate, NumbersTheTickOfAFrameExactly) {
    EXPECT_EQ(kDelsys.tick_of(21), 0u);
    EXPECT_EQ(kDelsys.tick_of(22), 1u);
    EXPECT_EQ(kDelsys.tick_of(42), 1u);
    EXPECT_EQ(kDelsys.tick_of(43), 2u);
    EXPECT_EQ(kDelsys.tick_of(2148), 99u);
    EXPECT_EQ(kDelsys.tick_of(1'000'000'000), 46'551'724u);
    EXPECT_EQ(k250Hz.tick_of(44), 17u);
    EXPECT_EQ(k1000Hz.tick_of(2148), 214u);
}

TEST(Rate, NumbersTheFirstFrameOfATickExactly) {
    EXPECT_EQ(kDelsys.first_frame_of(1), 22u);
    EXPECT_EQ(kDelsys.first_frame_of(7), 151u);
    EXPECT_EQ(kDelsys.first_frame_of(100), 2149u);
    EXPECT_EQ(kDelsys.first_frame_of(10'000'000), 214'814'815u);
    EXPECT_EQ(k250Hz.first_frame_of(1), 3u);
    EXPECT_EQ(k250Hz.first_frame_of(3), 8u);
    EXPECT_EQ(k1000Hz.first_frame_of(7), 70u);
}

TEST(Rate, GivesEveryFrameToOneTickAndTicksTheirTwoSizes) {
    struct Case {
        Rate rate;
        std::uint64_t fewest, most;
    };
    for (const Case& c : {Case{kDelsys, 21, 22}, Case{k250Hz, 2, 3}, Case{k1000Hz, 10, 10}}) {
        for (std::uint64_t tick = 0; tick < 5000; ++tick) {
            const std::uint64_t first = c.rate.first_frame_of(tick);
            const std::uint64_t end = c.rate.first_frame_of(tick + 1);
            ASSERT_GE(end - first, c.fewest);
            ASSERT_LE(end - first, c.most);
            ASSERT_EQ(c.rate.tick_of(first), tick);
            ASSERT_EQ(c.rate.tick_of(end - 1), tick);
        }
    }
}

// Streams slower than the ticks (a 50 Hz orientation) have ticks without a frame.
TEST(Rate, PointsAnEmptyTickAtTheNextFrame) {
    const Rate slow{50, 1};
    EXPECT_EQ(slow.first_frame_of(1), 1u);
    EXPECT_EQ(slow.first_frame_of(2), 1u);
    EXPECT_EQ(slow.tick_of(1), 2u);
}

TEST(Rate, StaysExactForAMonthOfFrames) {
    const std::uint64_t frame = std::uint64_t{1} << 40;
    EXPECT_EQ(kDelsys.tick_of(frame), frame * 2700 / 58'000);
    EXPECT_LE(kDelsys.first_frame_of(kDelsys.tick_of(frame)), frame);
    EXPECT_GT(kDelsys.first_frame_of(kDelsys.tick_of(frame) + 1), frame);
}

TEST(Rate, ReadsRatesAsPeopleWriteThem) {
    EXPECT_EQ(parse_rate("2000"), (Rate{2000, 1}));
    EXPECT_EQ(parse_rate("58/0.027"), kDelsys);
    EXPECT_EQ(parse_rate("2148.148"), (Rate{537'037, 250}));
    EXPECT_EQ(parse_rate("0.5"), (Rate{1, 2}));
}

TEST(Rate, FindsTheSimplestRatioOfAMeasuredRate) {
    EXPECT_EQ(rate_from_hz(58.0 / 0.027), kDelsys);
    EXPECT_EQ(rate_from_hz(1000.0), k1000Hz);
    EXPECT_EQ(rate_from_hz(370.3703703703704), (Rate{10'000, 27}));
}

TEST(Rate, RefusesWhatIsNoRateAndNamesIt) {
    for (const std::string text : {"", "fast", "0", "-5", "2e9", "nan", "inf", "58/0", "58/", "/2",
                                   "1000 Hz", "-58/0.027", "1/1e-9"}) {
        try {
            parse_rate(text);
            ADD_FAILURE() << "'" << text << "' was taken for a rate";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage) << text;
            EXPECT_NE(std::string{error.what()}.find("rate"), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace tonus
