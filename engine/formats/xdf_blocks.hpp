#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/device/frames.hpp"
#include "engine/device/stream_info.hpp"

namespace tonus::formats {

/// The mark after which a reader of a damaged file can go on.
inline constexpr std::string_view kXdfBoundary{"\x43\xA5\x46\xDC\xCB\xF5\x41\x0F\xB3\x0E\xD5\x46\x73\x83\xCB\xE4", 16};

/// What stands at the end of a stream. Nobody needs it: a file without footers is whole.
struct XdfFooter {
    double first_s = 0.0;
    double last_s = 0.0;
    std::uint64_t n_samples = 0;
};

// The pieces of an XDF file, each appended whole to `out`, so that a recorder decides what goes to the
// disk together. With room reserved in `out` the samples, offsets and boundaries allocate nothing.
// Source  file formats, section 1.

/// "XDF:" and the file header. `info_xml` is put into its <info>: escaped, well formed.
void append_xdf_begin(std::string& out, std::string_view info_xml = {});

/// Describes a stream of frames: name, kind, rate, channels with label, unit, scale and range.
/// `desc_xml` is added to its <desc>.
void append_xdf_stream(std::string& out, std::uint32_t id, const StreamInfo& stream, std::string_view desc_xml = {});

/// Describes a stream of texts that come when they come, one channel.
void append_xdf_text_stream(std::string& out, std::uint32_t id, std::string_view name, std::string_view type);

/// Frames that follow each other; the first is stamped, the others follow at the stream's rate.
void append_xdf_frames(std::string& out, std::uint32_t id, double first_s, RawFrames frames);

void append_xdf_text(std::string& out, std::uint32_t id, double at_s, std::string_view text);

/// A measurement of the stream's clock: corrected = stamp + offset. `at_s` is in the stream's clock.
void append_xdf_clock_offset(std::string& out, std::uint32_t id, double at_s, double offset_s);

void append_xdf_boundary(std::string& out);

void append_xdf_footer(std::string& out, std::uint32_t id, const XdfFooter& footer);

/// Text as XML has it, without the characters XML cannot hold.
std::string xml_text(std::string_view text);

}  // namespace tonus::formats
