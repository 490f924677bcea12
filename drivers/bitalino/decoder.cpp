#include "drivers/bitalino/decoder.hpp"

namespace tonus::bitalino {
namespace {

/// CRC of 4 bits, x^4 + x + 1, over all nibbles from the highest on; the last is taken as zero,
/// because it is where the checksum stands.
unsigned crc4(std::span<const std::byte> bytes) noexcept {
    unsigned crc = 0;
    const auto shift_in = [&crc](unsigned nibble) {
        for (int bit = 3; bit >= 0; --bit) {
            const unsigned top = crc >> 3;
            crc = ((crc << 1) & 0xF) | ((nibble >> bit) & 1u);
            if (top != 0) crc ^= 0x3;
        }
    };
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = static_cast<unsigned>(bytes[i]);
        shift_in(byte >> 4);
        shift_in(i + 1 < bytes.size() ? byte & 0xF : 0);
    }
    return crc;
}

bool is_whole(std::span<const std::byte> bytes) noexcept {
    return crc4(bytes) == (static_cast<unsigned>(bytes.back()) & 0xF);
}

unsigned number_of(std::span<const std::byte> bytes) noexcept { return static_cast<unsigned>(bytes.back()) >> 4; }

}  // namespace

std::size_t frame_bytes(std::size_t n_channels) noexcept {
    constexpr std::array<std::size_t, kChannelsMax + 1> kBytes{0, 3, 4, 6, 7, 8, 8};
    return kBytes[n_channels];
}

FrameMatch match_frame(std::span<const std::byte> front, bool in_step, std::size_t n_channels) noexcept {
    const std::size_t n_bytes = frame_bytes(n_channels);
    const std::size_t n_frames = in_step ? 1 : kFramesToTrust;
    for (std::size_t i = 0; i < n_frames; ++i) {
        if (front.size() < (i + 1) * n_bytes) return FrameMatch::more();
        const auto frame = front.subspan(i * n_bytes, n_bytes);
        if (!is_whole(frame)) return FrameMatch::none();
        if (i > 0 && number_of(frame) != (number_of(front.subspan((i - 1) * n_bytes, n_bytes)) + 1) % 16) return FrameMatch::none();
    }
    return FrameMatch::frame(n_bytes);
}

Frame decode_frame(std::span<const std::byte> bytes, std::size_t n_channels) noexcept {
    // The fields lie one after another, from the last byte's high nibble downward: number, digital
    // lines, then the channels, each with its highest bit first, as if the bytes stood in reverse.
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) bits = bits << 8 | static_cast<std::uint64_t>(bytes[i]);
    std::size_t n_left = 8 * bytes.size();
    const auto take = [&](std::size_t n) {
        n_left -= n;
        return static_cast<std::int32_t>(bits >> n_left & ((1u << n) - 1));
    };
    Frame frame{.number = static_cast<std::uint8_t>(take(4))};
    take(4);  // the checksum
    for (std::int32_t& line : frame.digital) line = take(1);
    for (std::size_t ch = 0; ch < n_channels; ++ch) frame.counts[ch] = take(ch < kWideChannels ? 10 : 6);
    return frame;
}

}  // namespace tonus::bitalino
