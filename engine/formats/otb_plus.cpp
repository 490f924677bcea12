#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/otb_tracks.hpp"

namespace tonus::formats {
namespace {

/// Volts of the converter's 65536 steps and the gain before it, by device and adapter, as the maker's own script
/// has them; empty: any other. What is no voltage has no gain.
struct FrontEnd {
    std::string_view device;
    std::string_view adapter;
    double volts;
    double gain;
};
constexpr std::array<FrontEnd, 15> kFrontEnds{{
    {"", "AdapterControl", 0.0, 0.0},
    {"", "AdapterQuaternions", 0.0, 0.0},
    {"QUATTROCENTO", "Direct connection", 5.0, 0.5},
    {"QUATTROCENTO", "", 5.0, 150.0},
    {"QUATTRO", "Direct connection", 5.0, 0.5},
    {"QUATTRO", "", 5.0, 150.0},
    {"DUE", "", 5.0, 200.0},
    {"DUE+", "", 3.3, 202.0},
    {"QUATTRO+", "", 3.3, 202.0},
    {"SYNCSTATION", "Due+", 3.3, 202.0},
    {"SYNCSTATION", "Quattro+", 3.3, 202.0},
    {"SYNCSTATION", "Direct connection to Syncstation Input", 5.0, 0.5},
    {"SYNCSTATION", "AdapterLoadCell", 5.0, 205.0},
    {"", "Direct connection", 4.8, 0.5},  // as the Sessantaquattro+ streams it
    {"", "", 4.8, 256.0},
}};

const FrontEnd& front_end_of(std::string_view device, std::string_view adapter) {
    return *std::find_if(kFrontEnds.begin(), kFrontEnds.end(), [&](const FrontEnd& known) {
        return (known.device.empty() || known.device == device) && (known.adapter.empty() || known.adapter == adapter);
    });
}

/// Names are followed by ';' and a version.
std::string_view first_word(std::string_view text) { return trimmed(text.substr(0, text.find(';'))); }

Signal signal_of(const FrontEnd& front_end, std::string_view adapter, std::string_view name, std::size_t number) {
    Signal signal;
    signal.info.label = clean_text(fmt::format("{} {}", name.empty() ? adapter : name, number), limits::kLabelBytes);
    signal.info.raw_min = -32768.0;
    signal.info.raw_max = 32767.0;
    // Inputs that are not for electrodes have adapters of their own name.
    const bool is_input = adapter.substr(0, 7) == "Adapter" || adapter.substr(0, 6) == "Direct";
    signal.kind = is_input ? StreamKind::other : StreamKind::emg;
    if (front_end.gain == 0.0) return signal;
    signal.info.scale = 1e3 * front_end.volts / 65536.0 / front_end.gain;
    set_unit(signal, "mV");
    return signal;
}

/// Says where the head's own numbers give another scale: devices have gains that can be chosen.
void compare_gains(const pugi::xml_node& device, const pugi::xml_node& adapter, const FrontEnd& front_end, std::vector<std::string>& notes) {
    const double gain = adapter.attribute("Gain").as_double(), n_bits = device.attribute("ad_bits").as_double();
    if (front_end.gain == 0.0 || !(gain > 0.0) || !(n_bits >= 8.0 && n_bits <= 32.0)) return;
    const double ratio = 65536.0 * front_end.gain / (std::exp2(n_bits) * gain);
    if (std::abs(ratio - 1.0) < 0.01) return;
    add_note(notes, fmt::format("{}: its head says gain {:g} at {:g} bits, which would make values {:.4g} times as large as read here; "
                                "the scale is that of the maker's own script, compare it with the maker's program",
                                clean_text(adapter.attribute("ID").value(), limits::kLabelBytes), gain, n_bits, ratio));
}

}  // namespace

void add_otb_plus(std::string_view xml, const std::string& stream, const std::string& path, OtbTracks& into) {
    const auto damaged = [&](const std::string& what) { return input_error(fmt::format("{}: the XML of {}: {}; export the recording again", path, stream, what)); };
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) throw damaged("it is no XML");
    const pugi::xml_node device = document.child("Device");
    const double hz = device.attribute("SampleFrequency").as_double();
    const auto n_total = device.attribute("DeviceTotalChannels").as_uint();
    if (!(hz >= 1e-3 && hz <= 1e6)) throw damaged(fmt::format("SampleFrequency {} is no rate", clean_text(device.attribute("SampleFrequency").value(), limits::kLabelBytes)));
    if (n_total == 0 || n_total > limits::kColumns) throw damaged(fmt::format("{} channels cannot be", n_total));
    std::vector<bool> taken(n_total);
    for (const pugi::xml_node& adapter : device.child("Channels").children("Adapter")) {
        const std::string_view id = first_word(adapter.attribute("ID").value());
        const FrontEnd& front_end = front_end_of(first_word(device.attribute("Name").value()), id);
        compare_gains(device, adapter, front_end, into.notes);
        const std::uint64_t start = adapter.attribute("ChannelStartIndex").as_uint();
        for (const pugi::xml_node& channel : adapter.children("Channel")) {
            const std::uint64_t at = start + channel.attribute("Index").as_uint();
            if (at >= n_total || taken[at]) throw damaged(fmt::format("channel {} of {} {}", at, n_total, at < n_total ? "stands twice" : "cannot be"));
            taken[at] = true;
            into.tracks.push_back({.stream = stream, .n_total = n_total, .first = at, .rate = rate_from_hz(hz),
                                   .signals = {signal_of(front_end, id, clean_text(channel.attribute("ID").value(), limits::kLabelBytes), at + 1)}});
        }
    }
    if (into.tracks.empty()) throw damaged("it names no channels");
}

}  // namespace tonus::formats
