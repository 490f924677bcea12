#include "engine/sinks/decimal.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

std::string written(float value, int digits) {
    char text[kDecimalBytesMax];
    return {text, write_significant(text, value, digits)};
}

void expect_as_fmt(float value, int digits) {
    ASSERT_EQ(written(value, digits), fmt::format("{:.{}g}", value, digits)) << "bits " << std::bit_cast<std::uint32_t>(value);
}

// A faster way to write may not write anything else: tables of before and after are compared as text.
TEST(Decimal, WritesAnyNumberAsFmtDoes) {
    Random random{1};
    for (int i = 0; i < 300'000; ++i) {
        const auto bits = static_cast<std::uint32_t>(random.next());
        const int digits = i % 2 == 0 ? 7 : 4;
        expect_as_fmt(std::bit_cast<float>(bits), digits);
        // Where activations lie, and a little around it.
        expect_as_fmt(static_cast<float>(std::exp(14.0 * random.uniform() - 9.0)), digits);
    }
}

TEST(Decimal, WritesNumbersOnTheEdgeAsFmtDoes) {
    for (int place = -6; place <= 8; ++place) {
        const auto decade = static_cast<float>(std::pow(10.0, place));
        for (const float value : {decade, std::nextafter(decade, 0.0f), std::nextafter(decade, 1e9f), 9.9995f * decade, 9.9999995f * decade}) {
            for (const int digits : {1, 2, 4, 7}) {
                expect_as_fmt(value, digits);
                expect_as_fmt(-value, digits);
            }
        }
    }
    // Halves that a float holds exactly: the even neighbour is taken.
    for (const float value : {0.5f, 1.5f, 2.5f, 0.125f, 0.375f, 1234.5f, 262144.25f, 0.0009765625f}) {
        for (int digits = 1; digits <= 7; ++digits) expect_as_fmt(value, digits);
    }
    for (const float value : {0.0f, -0.0f, 1e-40f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) expect_as_fmt(value, 7);
}

TEST(Decimal, WritesHundredthsAsSeconds) {
    for (const unsigned long long hundredths : {1ull, 10ull, 99ull, 100ull, 105ull, 360'000ull, 123'456'789ull}) {
        char text[kDecimalBytesMax];
        EXPECT_EQ((std::string{text, write_hundredths(text, hundredths)}), fmt::format("{:.2f}", static_cast<double>(hundredths) / 100.0));
    }
}

}  // namespace
}  // namespace tonus
