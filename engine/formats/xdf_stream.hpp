#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/signal.hpp"

namespace tonus::formats {

enum class XdfFormat { float32, double64, string, int8, int16, int32, int64 };

/// Bytes of one value; 0 for a string, which says its own length.
std::size_t size_of(XdfFormat format) noexcept;

/// What the header of an XDF stream says.
struct XdfStream {
    std::uint32_t id = 0;
    std::string name = {};
    std::string type = {};
    XdfFormat format = XdfFormat::float32;
    std::optional<Rate> rate = {};     ///< nothing for samples that come when they come
    std::vector<Signal> channels = {};
    bool ours = false;                 ///< written by Tonus, whose stamps are exact

    std::size_t frame_bytes() const noexcept { return channels.size() * size_of(format); }
};

/// Reads the XML of a stream's header. Throws Error (input) with the text of what is wrong, without file
/// and byte, which the caller knows.
XdfStream read_xdf_stream(std::uint32_t id, std::string_view xml, std::vector<std::string>& notes);

/// When the recording began, from the XML of the file's header; empty where it does not say.
std::string read_xdf_start(std::string_view xml);

}  // namespace tonus::formats
