#include "engine/formats/xdf_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

struct FormatName {
    std::string_view name;
    XdfFormat format;
    std::size_t n_bytes;
};
constexpr std::array<FormatName, 7> kFormats{{{"float32", XdfFormat::float32, 4}, {"double64", XdfFormat::double64, 8},
                                              {"string", XdfFormat::string, 0}, {"int8", XdfFormat::int8, 1},
                                              {"int16", XdfFormat::int16, 2}, {"int32", XdfFormat::int32, 4}, {"int64", XdfFormat::int64, 8}}};

std::string text_of(const pugi::xml_node& node, const char* name) { return clean_text(node.child_value(name), limits::kLabelBytes); }

std::optional<double> number_of(const pugi::xml_node& node, const char* name) {
    const std::optional<double> value = cell_number(trimmed(node.child_value(name)));
    return value && std::isfinite(*value) ? value : std::nullopt;
}

/// The kind a type names, as LSL's list of types has them.
std::optional<StreamKind> kind_of_type(const std::string& type) {
    const std::string small = lower(type);
    if (small == "accelerometer") return StreamKind::acceleration;
    if (small == "gyroscope") return StreamKind::angular_rate;
    if (small == "orientation") return StreamKind::orientation;
    // Programs of the EEG world call whatever an amplifier sends EEG, so it tells nothing.
    if (small.empty() || small == "eeg" || small == "exg" || small == "data") return std::nullopt;
    return kind_of_label(small).value_or(StreamKind::other);
}

std::string_view unit_of_word(std::string_view word) {
    static constexpr std::array<std::array<std::string_view, 2>, 6> words{{{"microvolts", "uV"}, {"microvolt", "uV"}, {"millivolts", "mV"},
                                                                          {"millivolt", "mV"}, {"volts", "V"}, {"volt", "V"}}};
    for (const auto& [name, unit] : words) {
        if (lower(word) == name) return unit;
    }
    return word;
}

Signal signal_of(const pugi::xml_node& channel, const std::string& stream_type) {
    Signal signal;
    signal.info.label = text_of(channel, "label");
    signal.info.scale = number_of(channel, "scale").value_or(1.0);
    signal.info.offset = number_of(channel, "offset").value_or(0.0);
    signal.info.raw_min = number_of(channel, "raw_min");
    signal.info.raw_max = number_of(channel, "raw_max");
    signal.kind = kind_of_type(text_of(channel, "type"));
    if (!signal.kind) signal.kind = kind_of_label(signal.info.label);
    if (!signal.kind) signal.kind = kind_of_type(stream_type);
    // Many senders write "units".
    const char* const unit = channel.child("unit") ? "unit" : "units";
    set_unit(signal, unit_of_word(trimmed(channel.child_value(unit))));
    return signal;
}

std::size_t count_of(const std::string& text) {
    std::size_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (code != std::errc{} || end != text.data() + text.size() || n == 0 || n > limits::kColumns) {
        throw input_error(fmt::format("has {} channels; from 1 to {} are read", text.empty() ? "no number of" : text, limits::kColumns));
    }
    return n;
}

/// "52000/27", as our own files have it beside the decimal number; nothing for what is none.
std::optional<Rate> ratio_of(std::string_view text) {
    Rate rate;
    const char* const end = text.data() + text.size();
    const auto num = std::from_chars(text.data(), end, rate.num);
    if (num.ec != std::errc{} || num.ptr == end || *num.ptr != '/') return std::nullopt;
    const auto den = std::from_chars(num.ptr + 1, end, rate.den);
    const bool fits = rate.num > 0 && rate.den > 0 && rate.num <= limits::kRateNum && rate.den <= limits::kRateDen;
    return den.ec == std::errc{} && den.ptr == end && fits ? std::optional{rate} : std::nullopt;
}

std::optional<Rate> rate_of(const pugi::xml_node& info, const pugi::xml_node& ours) {
    const std::optional<double> hz = number_of(info, "nominal_srate");
    if (!hz || *hz == 0.0) return std::nullopt;
    if (!(*hz > 0.0) || *hz > 1e6) throw input_error(fmt::format("has a rate of {} Hz", *hz));
    const std::optional<Rate> exact = ratio_of(ours.child_value("rate"));
    return exact && std::abs(exact->hz() / *hz - 1.0) < 1e-6 ? *exact : rate_from_hz(*hz);
}

std::optional<XdfStream::Origin> origin_of(const pugi::xml_node& info) {
    const pugi::xml_node desc = info.child("desc"), recorded = desc.child("recorded");
    if (recorded.empty()) return std::nullopt;
    XdfStream::Origin origin{.device = recorded.child("device").text().as_uint(), .device_id = text_of(info, "source_id"),
                             .settings = text_of(desc.child("tonus"), "settings")};
    for (std::size_t cause = 0; cause < kGapCauses; ++cause) {
        if (gap_cause_name(static_cast<GapCause>(cause)) == recorded.child_value("jump_cause")) origin.jump_cause = static_cast<GapCause>(cause);
    }
    return origin;
}

pugi::xml_document parsed(std::string_view xml) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
    if (!result) throw input_error(fmt::format("is no XML from its byte {} on ({})", result.offset, result.description()));
    return document;
}

}  // namespace

std::size_t size_of(XdfFormat format) noexcept {
    for (const FormatName& known : kFormats) {
        if (known.format == format) return known.n_bytes;
    }
    return 0;
}

XdfStream read_xdf_stream(std::uint32_t id, std::string_view xml, std::vector<std::string>& notes) {
    const pugi::xml_document document = parsed(xml);
    const pugi::xml_node info = document.child("info"), desc = info.child("desc");
    XdfStream stream{.id = id, .name = text_of(info, "name"), .type = text_of(info, "type")};
    stream.ours = !desc.child("tonus").empty();
    stream.rate = rate_of(info, desc.child("tonus"));
    stream.origin = origin_of(info);
    const std::string format = text_of(info, "channel_format");
    bool known = false;
    for (const FormatName& candidate : kFormats) {
        if (candidate.name != format) continue;
        stream.format = candidate.format;
        known = true;
    }
    if (!known) throw input_error(fmt::format("has values of the type '{}', which is none of the format's", format));
    stream.channels.resize(count_of(text_of(info, "channel_count")));
    pugi::xml_node channel = desc.child("channels").child("channel");
    for (Signal& signal : stream.channels) {
        signal = signal_of(channel, stream.type);
        channel = channel.next_sibling("channel");
    }
    if (stream.rate && lower(stream.type) == "eeg") {
        add_note(notes, fmt::format("stream '{}' says EEG, as programs say of any amplifier; the type is not used", stream.name));
    }
    return stream;
}

XdfHead read_xdf_head(std::string_view xml) {
    try {
        const pugi::xml_document document = parsed(xml);
        const pugi::xml_node info = document.child("info"), ours = info.child("tonus");
        const unsigned n_devices = ours.child("devices").text().as_uint(1);
        return {text_of(info, "datetime"), ours.child_value("session"), std::clamp<std::size_t>(n_devices, 1, limits::kStreams), !ours.empty()};
    } catch (const Error&) {
        return {};  // nothing else of it is used
    }
}

}  // namespace tonus::formats
