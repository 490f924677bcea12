#include "engine/formats/xdf_blocks.hpp"

#include <bit>
#include <iterator>

#include <fmt/format.h>

#include "engine/formats/xdf_chunks.hpp"

namespace tonus::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

template <class T>
void append_number(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A chunk's length is always written in four bytes: enough for any block, and in one place.
void begin_chunk(std::string& out, XdfTag tag, std::size_t n_content) {
    out.push_back('\x04');
    append_number(out, static_cast<std::uint32_t>(n_content + 2));
    append_number(out, static_cast<std::uint16_t>(tag));
}

void append_count(std::string& out, std::size_t n) {
    out.push_back('\x04');
    append_number(out, static_cast<std::uint32_t>(n));
}

constexpr std::size_t kCountBytes = 5;
constexpr std::size_t kStampBytes = 9;

void append_stamp(std::string& out, double at_s) {
    out.push_back('\x08');
    append_number(out, at_s);
}

void append_xml(std::string& out, XdfTag tag, std::uint32_t id, const std::string& xml) {
    begin_chunk(out, tag, sizeof id + xml.size());
    append_number(out, id);
    out += xml;
}

std::string_view type_name(SampleType type) {
    switch (type) {
        case SampleType::int32: return "int32";
        case SampleType::float32: return "float32";
        case SampleType::float64: return "double64";
    }
    return "";
}

/// The names that LSL's list of stream types and units has, where it has one.
std::string_view type_of(StreamKind kind) {
    switch (kind) {
        case StreamKind::emg: return "EMG";
        case StreamKind::ecg: return "ECG";
        case StreamKind::acceleration: return "Accelerometer";
        case StreamKind::angular_rate: return "Gyroscope";
        case StreamKind::orientation: return "Orientation";
        case StreamKind::other: return "Misc";
    }
    return "";
}

std::string_view unit_of(const std::string& unit) {
    if (unit == "uV") return "microvolts";
    if (unit == "mV") return "millivolts";
    return unit;
}

std::string channel_xml(const ChannelInfo& channel, StreamKind kind) {
    std::string xml = fmt::format("<channel><label>{}</label><unit>{}</unit><type>{}</type><scale>{}</scale><offset>{}</offset>",
                                  xml_text(channel.label), xml_text(unit_of(channel.unit)), type_of(kind), channel.scale, channel.offset);
    if (channel.raw_min) xml += fmt::format("<raw_min>{}</raw_min>", *channel.raw_min);
    if (channel.raw_max) xml += fmt::format("<raw_max>{}</raw_max>", *channel.raw_max);
    return xml + "</channel>";
}

}  // namespace

std::string xml_text(std::string_view text) {
    std::string xml;
    for (const char c : text) {
        switch (c) {
            case '<': xml += "&lt;"; break;
            case '>': xml += "&gt;"; break;
            case '&': xml += "&amp;"; break;
            case '"': xml += "&quot;"; break;
            default: xml += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return xml;
}

void append_xdf_begin(std::string& out, std::string_view info_xml) {
    const std::string xml = fmt::format("<?xml version=\"1.0\"?><info><version>1.0</version>{}</info>", info_xml);
    out += "XDF:";
    begin_chunk(out, XdfTag::file_header, xml.size());
    out += xml;
}

void append_xdf_stream(std::string& out, std::uint32_t id, const StreamInfo& stream, std::string_view desc_xml) {
    std::string channels;
    for (const ChannelInfo& channel : stream.channels) channels += channel_xml(channel, stream.kind);
    // The rate stands twice: as the format's decimal number, and exactly.
    append_xml(out, XdfTag::stream_header, id,
               fmt::format("<?xml version=\"1.0\"?><info><name>{}</name><type>{}</type><channel_count>{}</channel_count><nominal_srate>{}"
                           "</nominal_srate><channel_format>{}</channel_format><source_id>{}</source_id><desc><channels>{}</channels>"
                           "<tonus><rate>{}/{}</rate><settings>{}</settings></tonus>{}</desc></info>",
                           xml_text(stream.name), type_of(stream.kind), stream.channels.size(), stream.rate.hz(), type_name(stream.type),
                           xml_text(stream.device_id), channels, stream.rate.num, stream.rate.den, xml_text(stream.settings), desc_xml));
}

void append_xdf_text_stream(std::string& out, std::uint32_t id, std::string_view name, std::string_view type) {
    append_xml(out, XdfTag::stream_header, id,
               fmt::format("<?xml version=\"1.0\"?><info><name>{}</name><type>{}</type><channel_count>1</channel_count><nominal_srate>0"
                           "</nominal_srate><channel_format>string</channel_format><source_id>{}</source_id><desc/></info>",
                           xml_text(name), xml_text(type), xml_text(name)));
}

void append_xdf_frames(std::string& out, std::uint32_t id, double first_s, RawFrames frames) {
    if (frames.n_frames == 0) return;
    const std::size_t n_frame = frames.frame_bytes();
    begin_chunk(out, XdfTag::samples, sizeof id + kCountBytes + kStampBytes - 1 + frames.n_frames * (1 + n_frame));
    append_number(out, id);
    append_count(out, frames.n_frames);
    for (std::size_t f = 0; f < frames.n_frames; ++f) {
        if (f == 0) append_stamp(out, first_s);
        else out.push_back('\0');
        out.append(reinterpret_cast<const char*>(frames.data) + f * n_frame, n_frame);
    }
}

void append_xdf_text(std::string& out, std::uint32_t id, double at_s, std::string_view text) {
    begin_chunk(out, XdfTag::samples, sizeof id + 2 * kCountBytes + kStampBytes + text.size());
    append_number(out, id);
    append_count(out, 1);
    append_stamp(out, at_s);
    append_count(out, text.size());
    out += text;
}

void append_xdf_clock_offset(std::string& out, std::uint32_t id, double at_s, double offset_s) {
    begin_chunk(out, XdfTag::clock_offset, sizeof id + 2 * sizeof(double));
    append_number(out, id);
    append_number(out, at_s);
    append_number(out, offset_s);
}

void append_xdf_boundary(std::string& out) {
    begin_chunk(out, XdfTag::boundary, kXdfBoundary.size());
    out += kXdfBoundary;
}

void append_xdf_footer(std::string& out, std::uint32_t id, const XdfFooter& footer) {
    append_xml(out, XdfTag::stream_footer, id,
               fmt::format("<?xml version=\"1.0\"?><info><first_timestamp>{}</first_timestamp><last_timestamp>{}</last_timestamp>"
                           "<sample_count>{}</sample_count><clock_offsets/></info>",
                           footer.first_s, footer.last_s, footer.n_samples));
}

}  // namespace tonus::formats
