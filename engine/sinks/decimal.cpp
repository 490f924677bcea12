#include "engine/sinks/decimal.hpp"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace tonus {
namespace {

// A float has 24 bits and 5^12 has 28: up to 10^12 their product is exact in a double, and so is the
// rounding of it to an integer, ties to even as printf has them.
constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
constexpr int kPowerMax = 12;

// What %g writes without an exponent, as far as it is fast here.
constexpr float kLeast = 1e-4f, kEnd = 1e6f;

char* write_slowly(char* out, float value, int digits) noexcept {
    return fmt::format_to(out, "{:.{}g}", value, digits);
}

/// The `n` digits of a number, with leading zeros.
void write_digits(char* out, std::uint32_t number, int n) noexcept {
    for (int i = n - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

}  // namespace

char* write_significant(char* out, float value, int digits) noexcept {
    const float size = std::fabs(value);
    if (!(size >= kLeast && size < kEnd)) return write_slowly(out, value, digits);
    const auto exact = static_cast<double>(size);
    // The place of the first digit: 0 for 1.5, -1 for 0.15.
    int place = -4;
    while (place < 5 && exact >= (place + 1 >= 0 ? kPowers[place + 1] : 1.0 / kPowers[-(place + 1)])) ++place;
    // A tenth is not exact in a double: the whole digits tell whether the guess was right.
    const int power = digits - 1 - place;
    if (power < 0 || power > kPowerMax) return write_slowly(out, value, digits);
    auto whole = static_cast<std::uint32_t>(std::nearbyint(exact * kPowers[power]));
    const auto least = static_cast<std::uint32_t>(kPowers[digits - 1]);
    if (whole < least || whole > 10 * least) return write_slowly(out, value, digits);
    if (whole == 10 * least) {  // rounded up to the next place
        whole = least;
        if (++place == digits) return write_slowly(out, value, digits);
    }
    int n = digits;
    for (; n > 1 && n > place + 1 && whole % 10 == 0; --n) whole /= 10;

    if (std::signbit(value)) *out++ = '-';
    if (place < 0) {
        *out++ = '0';
        *out++ = '.';
        for (int i = place; i < -1; ++i) *out++ = '0';
        write_digits(out, whole, n);
        return out + n;
    }
    char all[8];
    write_digits(all, whole, n);
    for (int i = 0; i < n; ++i) {
        if (i == place + 1) *out++ = '.';
        *out++ = all[i];
    }
    return out;
}

char* write_hundredths(char* out, unsigned long long hundredths) noexcept {
    char reversed[kDecimalBytesMax];
    int n = 0;
    for (unsigned long long seconds = hundredths / 100; n == 0 || seconds > 0; seconds /= 10) {
        reversed[n++] = static_cast<char>('0' + seconds % 10);
    }
    while (n > 0) *out++ = reversed[--n];
    *out++ = '.';
    write_digits(out, static_cast<std::uint32_t>(hundredths % 100), 2);
    return out + 2;
}

}  // namespace tonus
