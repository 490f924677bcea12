// The only file of this folder that includes the JSON library: its header costs 5 s to compile.
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

using Json = nlohmann::ordered_json;  // several devices stand side by side in the order of the text

// The transfer functions of the makers' EMG and ECG front ends: volts of full scale and gain.
struct FrontEnd {
    std::string_view device;
    StreamKind kind;
    double full_scale_v;
    double gain;
};
constexpr FrontEnd kFrontEnds[] = {
    {"bitalino", StreamKind::emg, 3.3, 1009.0},
    {"bitalino", StreamKind::ecg, 3.3, 1100.0},
    {"biosignalsplux", StreamKind::emg, 3.0, 1000.0},
    {"biosignalsplux", StreamKind::ecg, 3.0, 1000.0},
};

struct DeviceHead {
    std::string device;
    std::vector<std::string> columns;
    std::vector<std::string> labels;
    std::vector<std::string> sensors;
    std::vector<unsigned> bits;
    double rate_hz = 0.0;
};

template <class T>
std::vector<T> list_of(const Json& device, const char* key) {
    const auto found = device.find(key);
    return found != device.end() && found->is_array() ? found->get<std::vector<T>>() : std::vector<T>{};
}

DeviceHead device_head(const Json& json) {
    DeviceHead head;
    head.device = json.value("device", std::string{});
    head.columns = list_of<std::string>(json, "column");
    head.labels = list_of<std::string>(json, "label");
    head.sensors = list_of<std::string>(json, "sensor");
    head.bits = list_of<unsigned>(json, "resolution");
    head.rate_hz = json.value("sampling rate", 0.0);
    return head;
}

std::optional<StreamKind> kind_of_sensor(const std::string& sensor) {
    const std::string name = lower(sensor);
    if (name.empty() || name == "raw" || name == "custom") return std::nullopt;
    return kind_of_label(name).value_or(StreamKind::other);
}

Signal channel_signal(const DeviceHead& head, std::size_t channel, const std::string& label, unsigned n_bits) {
    Signal signal;
    signal.info.label = clean_text(label, limits::kLabelBytes);
    if (channel < head.sensors.size()) signal.kind = kind_of_sensor(head.sensors[channel]);
    if (n_bits == 0 || n_bits > 32) return signal;
    const double n_steps = static_cast<double>(std::uint64_t{1} << n_bits);
    signal.info.raw_min = 0.0;
    signal.info.raw_max = n_steps - 1.0;
    for (const FrontEnd& front_end : kFrontEnds) {
        if (head.device.find(front_end.device) == std::string::npos || signal.kind != front_end.kind) continue;
        const double range_mv = front_end.full_scale_v / front_end.gain * 1000.0;
        signal.info.unit = "mV";
        signal.info.scale = range_mv / n_steps;
        signal.info.offset = -0.5 * range_mv;
    }
    return signal;
}

/// Gives `n` columns from `first` their meaning. Without names the channels are the last columns.
void lay_out_device(const DeviceHead& head, TextLayout& layout, std::size_t first, std::size_t n) {
    const std::size_t n_channels = std::min(std::max(head.labels.size(), head.sensors.size()), n);
    for (std::size_t i = 0; i < n; ++i) {
        TextColumn& column = layout.columns[first + i];
        const std::string name = i < head.columns.size() ? head.columns[i] : "";
        std::size_t channel = i + n_channels - n;  // wraps to a huge number before the channels
        for (std::size_t k = 0; k < head.labels.size(); ++k) {
            if (head.labels[k] == name) channel = k;
        }
        if (name == "nSeq" && layout.columns[0].role != ColumnRole::counter && first == 0) {
            column.role = ColumnRole::counter;
            // The counter has a width of its own only where every column has one.
            const bool has_width = head.bits.size() == head.columns.size() && head.bits[i] < 32;
            layout.counter_modulus = has_width ? std::uint64_t{1} << head.bits[i] : 0;
        } else if (channel < n_channels) {
            const std::size_t bits_at = head.bits.size() == head.columns.size() ? i : channel;
            column.signal = channel_signal(head, channel, name.empty() && channel < head.sensors.size() ? head.sensors[channel] : name,
                                           bits_at < head.bits.size() ? head.bits[bits_at] : 0);
        } else if (name.empty() || name == "nSeq") {
            column.role = ColumnRole::skipped;
        } else {
            column.signal.info.label = clean_text(name, limits::kLabelBytes);
            column.signal.kind = StreamKind::other;  // digital inputs and outputs
        }
    }
}

void lay_out_devices(const Json& devices, TextLayout& layout, const std::string& path) {
    std::size_t first = 0;
    for (const auto& [address, json] : devices.items()) {
        const DeviceHead head = device_head(json);
        const std::size_t left = layout.columns.size() - first;
        const std::size_t n = head.columns.empty() ? left : std::min(left, head.columns.size());
        lay_out_device(head, layout, first, n);
        first += n;
        const std::optional<Rate> rate = written_rate(fmt::format("{}", head.rate_hz));
        if (layout.rate && rate != layout.rate) {
            throw input_error(fmt::format("{}: its devices have different sampling rates; export each to a file of its own", path));
        }
        layout.rate = rate;
        if (layout.start.empty()) {
            const std::string date = json.value("date", std::string{}), time = json.value("time", std::string{});
            layout.start = clean_text(date.empty() ? time : date + "T" + time, limits::kLabelBytes);
        }
    }
    for (; first < layout.columns.size(); ++first) layout.columns[first].role = ColumnRole::skipped;
}

}  // namespace

bool is_opensignals(const TextHead& head) {
    return !head.comments.empty() && head.comments[0].find("OpenSignals Text File Format") != std::string::npos;
}

void lay_out_opensignals(const TextHead& head, TextLayout& layout, const std::string& path) {
    layout.format = "OpenSignals text";
    for (const std::string& comment : head.comments) {
        const std::size_t brace = comment.find('{');
        if (brace == std::string::npos) continue;
        try {
            return lay_out_devices(Json::parse(comment.substr(brace)), layout, path);
        } catch (const Json::exception& error) {
            throw input_error(fmt::format("{}: the OpenSignals header is damaged ({}); export the recording again", path, error.what()));
        }
    }
    throw input_error(fmt::format("{}: the OpenSignals header has no line '# {{...}}' that names its columns; export the recording "
                                  "again", path));
}

}  // namespace tonus::formats
