#include "engine/core/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tonus {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1u) != 0 ? kPolynomial : 0u);
        table[byte] = rest;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    std::uint64_t rest = ~before;
    const std::byte* at = bytes.data();
    std::size_t n = bytes.size();
    for (; n >= 8; n -= 8, at += 8) {
        std::uint64_t eight;
        std::memcpy(&eight, at, sizeof eight);
        rest = _mm_crc32_u64(rest, eight);
    }
    auto rest32 = static_cast<std::uint32_t>(rest);
    for (; n > 0; --n, ++at) rest32 = _mm_crc32_u8(rest32, std::to_integer<std::uint8_t>(*at));
    return ~rest32;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    std::uint32_t rest = ~before;
    for (const std::byte byte : bytes) rest = (rest >> 8) ^ kTable[(rest ^ std::to_integer<std::uint32_t>(byte)) & 0xFFu];
    return ~rest;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return by_instruction(bytes, before);
#endif
    return crc32c_by_table(bytes, before);
}

}  // namespace tonus
