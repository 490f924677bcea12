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
    /// Of a stream that Tonus recorded: as it was while it was live.
    struct Origin {
        std::size_t device = 0;
        GapCause jump_cause = GapCause::recording;
        std::string device_id = {};
        std::string settings = {};
    };
    std::optional<Origin> origin = {};

    std::size_t frame_bytes() const noexcept { return channels.size() * size_of(format); }
};

/// Reads the XML of a stream's header. Throws Error (input) with the text of what is wrong, without file
/// and byte, which the caller knows.
XdfStream read_xdf_stream(std::uint32_t id, std::string_view xml, std::vector<std::string>& notes);

/// What the header of the file says.
struct XdfHead {
    std::string start = {};    ///< when the recording began; empty where it does not say
    std::string session = {};  ///< of a recording of ours: the session file
    std::size_t n_devices = 1;
    bool is_ours = false;      ///< recorded by Tonus
};
XdfHead read_xdf_head(std::string_view xml);

}  // namespace tonus::formats
