#include <cmath>
#include <map>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/core/error.hpp"
#include "engine/device/unit_scale.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/otb_tracks.hpp"

namespace tonus::formats {
namespace {

std::string text_of(const pugi::xml_node& track, const char* name) { return clean_text(track.child_value(name), limits::kLabelBytes); }

double number_of(const pugi::xml_node& track, const char* name, double fallback) { return track.child(name).text().as_double(fallback); }

bool is_flag(const pugi::xml_node& track, const char* name) { return lower(text_of(track, name)) == "true"; }

/// Only what is neither a control signal nor an auxiliary input can be EMG.
StreamKind kind_of(const pugi::xml_node& track, const std::string& label, bool is_voltage) {
    if (!is_voltage || is_flag(track, "IsControl")) return StreamKind::other;
    const std::string name = lower(label);
    for (const char* word : {"aux", "load cell", "loadcell", "force", "quaternion", "buffer", "ramp", "control", "path"}) {
        if (name.find(word) != std::string::npos) return StreamKind::other;
    }
    return StreamKind::emg;
}

/// The scale and the unit of a track. Volts are range / 2^bits / gain; other units have a factor besides.
void give_scale(const pugi::xml_node& track, std::size_t sample_bytes, Signal& signal, const std::string& label) {
    const std::string unit = text_of(track, "UnitOfMeasurement");
    const double n_bits = number_of(track, "ADC_Nbits", 0.0), gain = number_of(track, "Gain", 1.0), range = number_of(track, "ADC_Range", 1.0);
    const double factor = number_of(track, "UnitOfMeasurementFactor", 1.0);
    const bool is_integer = sample_bytes < 8, has_adc = is_integer && n_bits >= 1.0 && n_bits <= 32.0 && gain != 0.0;
    const bool is_voltage = has_adc && (unit.empty() || microvolts_per(unit));
    signal.kind = kind_of(track, label, is_voltage);
    if (is_integer && n_bits >= 8.0 && n_bits <= 32.0) {
        signal.info.raw_min = -std::exp2(n_bits - 1.0);
        signal.info.raw_max = std::exp2(n_bits - 1.0) - 1.0;
    }
    double scale = has_adc ? range / std::exp2(n_bits) / gain : 1.0;
    if (is_integer) scale *= is_voltage ? 1e3 : factor;
    signal.info.scale = std::isfinite(scale) && scale != 0.0 ? scale : 1.0;
    set_unit(signal, is_voltage ? "mV" : unit);
}

}  // namespace

void add_otb4(std::string_view xml, const std::string& path, OtbTracks& into) {
    const auto damaged = [&](const std::string& what) { return input_error(fmt::format("{}: its list of tracks: {}; export the recording again", path, what)); };
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) throw damaged("it is no XML");
    const pugi::xml_node list = document.child("ArrayOfTrackInfo");
    std::map<std::string, std::size_t> n_listed;  // channels of each stream
    for (const pugi::xml_node& track : list.children("TrackInfo")) {
        const std::string title = text_of(track, "Title"), subtitle = text_of(track, "SubTitle"), stream = text_of(track, "SignalStreamPath");
        const std::string label = subtitle.empty() ? title : title.empty() ? subtitle : title + " " + subtitle;
        if (is_flag(track, "IsProcessing") || stream.empty()) {
            add_note(into.notes, fmt::format("'{}' was computed by the program that recorded; it is left out", label));
            continue;
        }
        const bool novecento = text_of(track, "Device").substr(0, 9) == "Novecento";
        const double hz = number_of(track, "SamplingFrequency", 0.0), n_channels = number_of(track, "NumberOfChannels", 0.0);
        if (!(hz >= 1e-3 && hz <= 1e6)) throw damaged(fmt::format("SamplingFrequency of '{}' is no rate", label));
        if (!(n_channels >= 1.0 && n_channels <= static_cast<double>(limits::kColumns))) throw damaged(fmt::format("{} channels of '{}' cannot be", n_channels, label));
        const auto n = static_cast<std::size_t>(n_channels);
        // A Novecento+ counts a track's place over all its files, and tells that in its own file apart. Files
        // that say how wide they are have places; in older ones tracks follow each other.
        std::size_t& n_before = n_listed[stream];
        const char* const place = novecento ? "ChannelOffsetInSubPacket" : "AcquisitionChannel";
        const double n_total = number_of(track, "TotalChannelsInFile", 0.0), first = n_total > 0.0 ? number_of(track, place, 0.0) : static_cast<double>(n_before);
        if (n_total > static_cast<double>(limits::kColumns) || !(first >= 0.0 && first + n_channels <= static_cast<double>(limits::kColumns))) throw damaged(fmt::format("the place of '{}' cannot be", label));
        OtbTrack into_track{.stream = stream, .n_total = static_cast<std::size_t>(n_total), .first = static_cast<std::size_t>(first),
                            .sample_bytes = static_cast<std::size_t>(number_of(track, "SampleSize", novecento ? 4.0 : 2.0)), .rate = rate_from_hz(hz)};
        n_before += n;
        Signal signal;
        give_scale(track, into_track.sample_bytes, signal, label);
        for (std::size_t i = 0; i < n; ++i) {
            signal.info.label = n == 1 ? label : clean_text(fmt::format("{} {}", label, i + 1), limits::kLabelBytes);
            into_track.signals.push_back(signal);
        }
        into.tracks.push_back(std::move(into_track));
        if (into.start.empty()) into.start = text_of(track.child("StringsDescriptions"), "StartDate");
    }
    for (OtbTrack& track : into.tracks) {
        if (track.n_total == 0) track.n_total = n_listed[track.stream];
    }
}

std::vector<RecordingNote> otb_markers(std::string_view xml) {
    std::vector<RecordingNote> markers;
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) return markers;
    for (const pugi::xpath_node& found : document.select_nodes("//Marker")) {
        const double onset_s = number_of(found.node(), "Milliseconds", -1.0) / 1e3;
        if (!(onset_s >= 0.0 && onset_s < limits::kEndS) || markers.size() == limits::kAnnotations) continue;
        markers.push_back({.onset_s = onset_s, .text = clean_text(found.node().child_value("Description"), limits::kAnnotationBytes)});
    }
    return markers;
}

}  // namespace tonus::formats
