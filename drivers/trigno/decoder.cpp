#include "drivers/trigno/decoder.hpp"

#include "drivers/driver/byte_order.hpp"

namespace tonus::trigno {

float float_at(std::span<const std::byte> step, std::size_t place) noexcept { return float_le(step, 4 * place); }

std::string framed(std::string_view command) { return std::string{command} + "\r\n\r\n"; }

std::string_view stripped(std::string_view reply) noexcept {
    constexpr std::string_view kEnds = "\r\n ";
    const std::size_t first = reply.find_first_not_of(kEnds);
    if (first == std::string_view::npos) return {};
    return reply.substr(first, reply.find_last_not_of(kEnds) - first + 1);
}

Quantity quantity_of(std::string_view unit) noexcept {
    if (unit == "g") return Quantity::acceleration;
    // The degree sign comes as a question mark, or as a byte of some code page.
    if (unit.ends_with("/s") && !unit.starts_with("m")) return Quantity::angular_rate;
    if (unit.ends_with("T")) return Quantity::magnetic;
    return Quantity::other;
}

}  // namespace tonus::trigno
