#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::text {

inline constexpr std::size_t kLineBytesMax = 1024;

/// A line with its end. Longer ones are skipped up to the next end.
FrameMatch match_line(std::span<const std::byte> front, bool in_step) noexcept;

/// What a line of text holds.
struct Line {
    enum class Kind {
        values,
        names,   ///< a header: words, no number
        empty,
        broken,  ///< something that is neither: cut, garbled, or an empty field
    };
    Kind kind = Kind::empty;
    std::vector<double> values = {};       ///< not a number where the device says so
    std::vector<std::string> names = {};   ///< of `label:number` pairs, or of a header
};

/// Reads a line, its end included. Fields stand between commas, semicolons, spaces or tabs; a number
/// must be one to its end, and a locale changes nothing.
/// @param checksum  true: the line ends in *XX, the exclusive or of all bytes before the star
Line parse_line(std::string_view text, bool checksum);

}  // namespace tonus::text
