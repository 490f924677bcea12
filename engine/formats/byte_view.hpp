#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace tonus::formats {

/// The product, nothing when it does not fit.
constexpr std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b) noexcept {
    if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
    return a * b;
}

/// The sum, nothing when it does not fit.
constexpr std::optional<std::uint64_t> checked_sum(std::uint64_t a, std::uint64_t b) noexcept {
    if (a > std::numeric_limits<std::uint64_t>::max() - b) return std::nullopt;
    return a + b;
}

/// Bytes of a file, read little-endian and never beyond their end: what does not lie inside is
/// nothing. The only place of this folder that takes numbers from bytes.
///
/// Real time  does not allocate, lock, throw or call the system.
class ByteView {
public:
    explicit ByteView(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    std::size_t size() const noexcept { return bytes_.size(); }
    std::span<const std::byte> bytes() const noexcept { return bytes_; }

    /// `n_bytes` from `at`, as far as they are there.
    ByteView part(std::size_t at, std::size_t n_bytes) const noexcept {
        if (at >= bytes_.size()) return ByteView{{}};
        const std::size_t left = bytes_.size() - at;
        return ByteView{bytes_.subspan(at, n_bytes < left ? n_bytes : left)};
    }

    std::optional<std::uint8_t> u8(std::size_t at) const noexcept {
        if (at >= bytes_.size()) return std::nullopt;
        return std::to_integer<std::uint8_t>(bytes_[at]);
    }
    std::optional<std::uint16_t> u16(std::size_t at) const noexcept {
        const auto v = unsigned_of<2>(at);
        return v ? std::optional{static_cast<std::uint16_t>(*v)} : std::nullopt;
    }
    std::optional<std::uint32_t> u32(std::size_t at) const noexcept { return unsigned_of<4>(at); }
    std::optional<std::uint64_t> u64(std::size_t at) const noexcept {
        const auto low = u32(at), high = u32(at + 4);
        return low && high ? std::optional{std::uint64_t{*high} << 32 | *low} : std::nullopt;
    }

    std::optional<std::int32_t> i16(std::size_t at) const noexcept { return signed_of<2>(at); }
    std::optional<std::int32_t> i24(std::size_t at) const noexcept { return signed_of<3>(at); }
    std::optional<std::int32_t> i32(std::size_t at) const noexcept { return signed_of<4>(at); }

    std::optional<std::int64_t> i64(std::size_t at) const noexcept {
        const auto v = u64(at);
        return v ? std::optional{std::bit_cast<std::int64_t>(*v)} : std::nullopt;
    }

    std::optional<float> f32(std::size_t at) const noexcept {
        const auto v = u32(at);
        return v ? std::optional{std::bit_cast<float>(*v)} : std::nullopt;
    }
    std::optional<double> f64(std::size_t at) const noexcept {
        const auto v = u64(at);
        return v ? std::optional{std::bit_cast<double>(*v)} : std::nullopt;
    }

    /// The bytes as characters; empty where they are not all there.
    std::string_view text(std::size_t at, std::size_t n_bytes) const noexcept {
        if (at > bytes_.size() || n_bytes > bytes_.size() - at) return {};
        return {reinterpret_cast<const char*>(bytes_.subspan(at).data()), n_bytes};
    }
    std::string_view text() const noexcept { return text(0, bytes_.size()); }

private:
    template <std::size_t n>
    std::optional<std::uint32_t> unsigned_of(std::size_t at) const noexcept {
        if (bytes_.size() < n || at > bytes_.size() - n) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < n; ++i) {
            value |= std::to_integer<std::uint32_t>(bytes_[at + i]) << (8 * i);
        }
        return value;
    }

    template <std::size_t n>
    std::optional<std::int32_t> signed_of(std::size_t at) const noexcept {
        const auto value = unsigned_of<n>(at);
        if (!value) return std::nullopt;
        constexpr unsigned unused = 32 - 8 * n;  // shifted out and back, the sign fills them
        return std::bit_cast<std::int32_t>(*value << unused) >> unused;
    }

    std::span<const std::byte> bytes_;
};

}  // namespace tonus::formats
