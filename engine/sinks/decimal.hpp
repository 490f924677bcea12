#pragma once

#include <cstddef>

namespace tonus {

/// Enough for any number that these functions write.
inline constexpr std::size_t kDecimalBytesMax = 24;

/// Writes a number as printf's %.{digits}g does, to the byte, some four times as fast: a results table
/// of an hour has ten million of them. Returns the end of what was written.
/// @param digits  significant ones, 1 to 7
char* write_significant(char* out, float value, int digits) noexcept;

/// Writes hundredths as seconds: 105 is "1.05".
char* write_hundredths(char* out, unsigned long long hundredths) noexcept;

}  // namespace tonus
