#include "drivers/otb/decoder.hpp"

#include "drivers/driver/byte_order.hpp"

namespace tonus::otb {

std::int32_t value_at(std::span<const std::byte> step, const Layout& layout, std::size_t channel) noexcept {
    const std::size_t at = channel * layout.sample_bytes;
    if (layout.sample_bytes == 3) return signed_be<3>(step, at);
    return layout.big_endian ? signed_be<2>(step, at) : signed_le<2>(step, at);
}

std::uint16_t counter_of(std::span<const std::byte> step, const Layout& layout) noexcept {
    return static_cast<std::uint16_t>(value_at(step, layout, layout.n_channels() - layout.counter_from_end));
}

std::optional<Layout> find_layout(std::span<const std::byte> bytes, std::span<const Layout> candidates) noexcept {
    for (const Layout& layout : candidates) {
        const std::size_t n = layout.step_bytes();
        if (bytes.size() < kStepsToTrust * n) continue;
        std::size_t n_rises = 0;
        for (std::size_t i = 1; i < kStepsToTrust; ++i) {
            const std::uint16_t before = counter_of(bytes.subspan((i - 1) * n, n), layout);
            n_rises += static_cast<std::uint16_t>(before + 1) == counter_of(bytes.subspan(i * n, n), layout);
        }
        if (n_rises >= kRisesToTrust) return layout;
    }
    return std::nullopt;
}

std::uint8_t crc8(std::span<const std::uint8_t> bytes) noexcept {
    unsigned crc = 0;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x8C : crc >> 1;
    }
    return static_cast<std::uint8_t>(crc);
}

std::array<std::uint8_t, 40> quattrocento_command(std::uint8_t acquisition, std::uint8_t analog_output, std::uint8_t input_setup) noexcept {
    constexpr std::size_t kFirstSetupAt = 5, kInputs = 12;
    std::array<std::uint8_t, 40> command{acquisition, analog_output};
    for (std::size_t input = 0; input < kInputs; ++input) command[kFirstSetupAt + 3 * input] = input_setup;
    command.back() = crc8(std::span{command}.first(39));
    return command;
}

}  // namespace tonus::otb
