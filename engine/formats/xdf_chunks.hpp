#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/formats/byte_window.hpp"

namespace tonus::formats {

enum class XdfTag : std::uint16_t { file_header = 1, stream_header = 2, samples = 3, clock_offset = 4, boundary = 5, stream_footer = 6 };

struct XdfChunk {
    XdfTag tag = XdfTag::boundary;
    std::uint64_t at = 0;       ///< of its length
    std::uint64_t content = 0;  ///< of the byte after its tag
    std::uint64_t end = 0;      ///< never beyond the file
    bool cut = false;           ///< the file ends before the chunk does
};

/// A number of 1, 4 or 8 bytes that says so itself.
struct XdfLength {
    std::uint64_t value = 0;
    std::uint64_t n_bytes = 0;  ///< with the byte that says how many
};

/// Reads one at `at`; nothing where there is none.
std::optional<XdfLength> read_xdf_length(ByteWindow& bytes, std::uint64_t at);

/// Goes from chunk to chunk. Where one is damaged it goes on behind the next boundary, and says so.
class XdfChunks {
public:
    /// The bytes must begin with "XDF:".
    explicit XdfChunks(ByteWindow& bytes) : bytes_(&bytes) {}

    /// The next chunk, nothing at the end of what can be read.
    std::optional<XdfChunk> next();

    /// Goes on behind a boundary within the chunk just given, if there is one: its length was wrong.
    void distrust(const XdfChunk& chunk, std::uint64_t from);

    /// Bytes that are part of no chunk, as far as it has come; empty when all is well.
    const std::vector<std::string>& damages() const noexcept { return damages_; }

private:
    std::optional<XdfChunk> chunk_at(std::uint64_t at);
    std::optional<std::uint64_t> behind_boundary(std::uint64_t from);
    void note(std::string text);

    ByteWindow* bytes_;
    std::uint64_t at_ = 4;
    std::vector<std::string> damages_;
};

}  // namespace tonus::formats
