#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tonus {

/// Numbers as they lie on the wire: N bytes, of which the first is the highest (be) or the lowest
/// (le). Where there are fewer bytes it is our own mistake.
template <std::size_t N>
constexpr std::uint64_t unsigned_be(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < N; ++i) value = value << 8 | static_cast<std::uint64_t>(bytes[at + i]);
    return value;
}

template <std::size_t N>
constexpr std::uint64_t unsigned_le(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = N; i-- > 0;) value = value << 8 | static_cast<std::uint64_t>(bytes[at + i]);
    return value;
}

/// Two's complement of N bytes.
template <std::size_t N>
constexpr std::int32_t sign_extended(std::uint64_t value) noexcept {
    static_assert(N <= 4);
    constexpr int shift = static_cast<int>(8 * (4 - N));
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << shift) >> shift;
}

template <std::size_t N>
constexpr std::int32_t signed_be(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    return sign_extended<N>(unsigned_be<N>(bytes, at));
}

template <std::size_t N>
constexpr std::int32_t signed_le(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    return sign_extended<N>(unsigned_le<N>(bytes, at));
}

constexpr float float_be(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_be<4>(bytes, at)));
}

constexpr float float_le(std::span<const std::byte> bytes, std::size_t at = 0) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_le<4>(bytes, at)));
}

}  // namespace tonus
