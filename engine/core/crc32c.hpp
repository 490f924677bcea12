#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tonus {

/// CRC-32C (Castagnoli) of bytes: what a recording's blocks are proved with. Any one to three flipped bits,
/// and any burst of up to 32, change it.
///
/// @param before  of the bytes in front of these, so that a checksum can be taken in pieces
/// Speed   the processor's own instruction where it has one (x86), a table elsewhere.
/// Source  RFC 3720, appendix B.4: of "123456789" it is 0xE3069283.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;

/// The same by the table alone, for the test of the other.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;

}  // namespace tonus
