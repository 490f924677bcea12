#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/xdf_stream.hpp"

namespace tonus::lsl {

// What a peer may make us do (reliability F26).
inline constexpr std::size_t kXmlBytesMax = std::size_t{256} * 1024;
inline constexpr int kXmlDepthMax = 32;
inline constexpr std::size_t kChannelsMax = 1024;
inline constexpr double kRateHzMax = 100'000.0;

/// What the description of a stream says: a stranger's text, cleaned and bounded.
struct Metadata {
    formats::XdfStream stream;
    std::string source_id = {};  ///< empty where the sender gives none
    std::string host = {};
    std::vector<std::string> notes = {};  ///< what was assumed

    /// What the stream stays, wherever and however often it is opened.
    std::string identity() const;
};

/// Reads a description as XDF has them. Channels without a description are numbered by their place.
/// Throws Error (input) with what is wrong, without the stream's address, which the caller knows.
///
/// Source  protocols/lsl 5, reliability F26.
Metadata read_metadata(std::string_view xml);

}  // namespace tonus::lsl
