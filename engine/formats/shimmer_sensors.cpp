#include "engine/formats/shimmer_sensors.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tonus::formats {
namespace {

using enum ShimmerNumber;

constexpr std::size_t kSensorsAt = 3, kExgAt = 0x38, kExgBytes = 10;

/// The sensors in the order in which their channels follow each other in a sample, each with its bit.
struct Sensor {
    unsigned bit;
    ShimmerNumber number;
    std::string_view labels;          ///< separated by commas; empty: its width is not known
    std::size_t calibration_at = 0;   ///< in the head; 0: none
    double sensitivity_scale = 1.0;
    std::string_view unit = {};
};
constexpr std::array<Sensor, 21> kSensors{{
    {7, u16, "Accel LN X,Accel LN Y,Accel LN Z", 139, 1.0, "m/s^2"},
    {13, u16, "Battery"},
    {1, u16, "Ext A7"},
    {0, u16, "Ext A6"},
    {11, u16, "Ext A15"},
    {9, u16, "Int A12"},
    {8, u16, "Int A13"},
    {23, u16, "Int A14"},
    {15, u16, "Bridge high,Bridge low"},
    {10, u16, "Int A1"},
    {2, u16, "GSR"},
    {6, i16_swapped, "Gyro X,Gyro Y,Gyro Z", 97, 100.0, "deg/s"},
    {12, i16, "Accel WR X,Accel WR Y,Accel WR Z", 76, 1.0, "m/s^2"},
    {5, i16, "Mag X,Mag Y,Mag Z"},
    {22, i16, ""},
    {21, i16, ""},
    {18, u16_swapped, "Temperature,Pressure"},
    {4, i24_swapped, "EXG1 status,EXG1 CH1,EXG1 CH2"},
    {20, i16_swapped, "EXG1 status,EXG1 CH1,EXG1 CH2"},
    {3, i24_swapped, "EXG2 status,EXG2 CH1,EXG2 CH2"},
    {19, i16_swapped, "EXG2 status,EXG2 CH1,EXG2 CH2"},
}};

std::size_t bytes_of(ShimmerNumber number) noexcept {
    switch (number) {
        case u8: return 1;
        case u24_swapped:
        case i24_swapped: return 3;
        default: return 2;
    }
}

std::int32_t i16_swapped_at(const ByteView& view, std::size_t at) noexcept {
    const unsigned value = static_cast<unsigned>(view.u8(at).value_or(0)) << 8 | view.u8(at + 1).value_or(0);
    return static_cast<std::int16_t>(value);
}

/// Volts of a step of the converter (ADS1292R: 2.42 V) behind the gain of its register, as mV.
void give_exg_scale(const ByteView& head, std::size_t chip, std::size_t channel, std::size_t n_bits, Signal& signal) {
    static constexpr std::array<double, 8> gains{6, 1, 2, 3, 4, 8, 12, 0};
    const unsigned setting = head.u8(kExgAt + chip * kExgBytes + 3 + channel).value_or(0);
    const double gain = gains[setting >> 4 & 7], most = std::ldexp(1.0, static_cast<int>(n_bits) - 1) - 1.0;
    signal.kind = StreamKind::emg;
    signal.info.raw_min = -most - 1.0;
    signal.info.raw_max = most;
    if (gain == 0.0) return;  // no gain of that number: counts
    signal.info.scale = 2.42e3 / gain / most;
    set_unit(signal, "mV");
}

/// Which raw axis is each of ours, with its scale and offset; false where none is stored or it makes no sense.
bool give_calibration(const ByteView& head, const Sensor& sensor, std::array<ShimmerChannel, 3>& axes) {
    std::array<ShimmerChannel, 3> turned;
    std::array<bool, 3> taken{};
    for (std::size_t i = 0; i < 3; ++i) {
        std::size_t axis = 0;
        const auto alignment = [&](std::size_t j) { return static_cast<std::int8_t>(head.u8(sensor.calibration_at + 12 + 3 * j + i).value_or(0)); };
        for (std::size_t j = 1; j < 3; ++j) axis = std::abs(alignment(j)) > std::abs(alignment(axis)) ? j : axis;
        const double sensitivity = i16_swapped_at(head, sensor.calibration_at + 6 + 2 * axis) / sensor.sensitivity_scale;
        if (taken[axis] || std::abs(alignment(axis)) < 50 || !(sensitivity > 0.0)) return false;
        taken[axis] = true;
        turned[i] = axes[axis];
        turned[i].signal.info.label = axes[i].signal.info.label;
        turned[i].signal.info.scale = (alignment(axis) < 0 ? -1.0 : 1.0) / sensitivity;
        turned[i].signal.info.offset = -i16_swapped_at(head, sensor.calibration_at + 2 * axis) * turned[i].signal.info.scale;
        turned[i].signal.kind.reset();
        set_unit(turned[i].signal, sensor.unit);
    }
    axes = turned;
    return true;
}

/// Adds a sensor's channels, raw.
std::vector<ShimmerChannel> channels_of(const Sensor& sensor, const ByteView& head, std::size_t& at) {
    std::vector<ShimmerChannel> channels;
    for (std::string_view labels = sensor.labels; !labels.empty();) {
        const std::string_view label = labels.substr(0, labels.find(','));
        labels.remove_prefix(std::min(labels.size(), label.size() + 1));
        const std::size_t i = channels.size();
        const bool exg = label.substr(0, 3) == "EXG", status = exg && i == 0;
        ShimmerChannel channel{.number = status ? u8 : label == "Pressure" ? u24_swapped : sensor.number, .at = at};
        channel.signal.info.label = label;
        channel.signal.kind = StreamKind::other;
        if (exg && !status) give_exg_scale(head, label[3] == '2' ? 1 : 0, i - 1, 8 * bytes_of(sensor.number), channel.signal);
        at += bytes_of(channel.number);
        channels.push_back(channel);
    }
    return channels;
}

}  // namespace

ShimmerLayout shimmer_layout(const ByteView& head) {
    ShimmerLayout layout;
    const std::uint32_t bits = head.u32(kSensorsAt).value_or(0) & 0xffffff;
    for (const Sensor& sensor : kSensors) {
        if ((bits >> sensor.bit & 1u) == 0) continue;
        if (sensor.labels.empty()) {
            layout.unknown = fmt::format("sensor bit {}", sensor.bit);
            return layout;
        }
        std::vector<ShimmerChannel> channels = channels_of(sensor, head, layout.sample_bytes);
        if (sensor.bit == 5) {
            add_note(layout.notes, "the magnetometer is left out: in which order its bytes lie depends on the board");
            continue;
        }
        if (sensor.calibration_at > 0) {
            std::array<ShimmerChannel, 3> axes{channels[0], channels[1], channels[2]};
            if (!give_calibration(head, sensor, axes)) add_note(layout.notes, fmt::format("{}: no calibration is stored; its numbers are counts", channels[0].signal.info.label));
            channels.assign(axes.begin(), axes.end());
        }
        layout.channels.insert(layout.channels.end(), channels.begin(), channels.end());
    }
    return layout;
}

std::int32_t shimmer_value(const ByteView& sample, const ShimmerChannel& channel) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(sample.u8(channel.at + i).value_or(0)); };
    switch (channel.number) {
        case u8: return static_cast<std::int32_t>(byte(0));
        case u16: return sample.u16(channel.at).value_or(0);
        case i16: return sample.i16(channel.at).value_or(0);
        case u16_swapped: return static_cast<std::int32_t>(byte(0) << 8 | byte(1));
        case i16_swapped: return i16_swapped_at(sample, channel.at);
        case u24_swapped: return static_cast<std::int32_t>(byte(0) << 16 | byte(1) << 8 | byte(2));
        case i24_swapped: break;
    }
    return static_cast<std::int32_t>(byte(0) << 24 | byte(1) << 16 | byte(2) << 8) >> 8;
}

}  // namespace tonus::formats
