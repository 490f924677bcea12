#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/files.hpp"

namespace tonus::formats {

/// Reads a text file line by line through one bounded buffer.
///
/// Errors  a line beyond limits::kLineBytes is not read; the disk's errors are thrown (input).
class LineReader {
public:
    enum class Got { line, end, too_long };

    explicit LineReader(InputFile& file, std::uint64_t offset = 0, std::uint64_t line_number = 0);

    /// The next line without its end (LF, or CR LF), in line(). It stays until the next call.
    Got next();
    std::string_view line() const noexcept { return line_; }

    std::uint64_t offset() const noexcept { return offset_; }            ///< of the byte after the line and its end
    std::uint64_t line_number() const noexcept { return line_number_; }  ///< of the line, from 1
    bool closed() const noexcept { return closed_; }                     ///< the line had an end

private:
    bool refill();

    InputFile* file_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  ///< of what is not yet handed out
    std::size_t end_ = 0;
    std::uint64_t offset_;
    std::uint64_t line_number_;
    std::string_view line_;
    bool closed_ = true;
};

}  // namespace tonus::formats
