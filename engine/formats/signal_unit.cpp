#include <array>
#include <cctype>
#include <numbers>

#include "engine/device/unit_scale.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {
namespace {

constexpr double kStandardGravity = 9.80665;  // m/s^2

struct KnownUnit {
    std::string_view text;
    std::string_view unit;
    double scale;
    std::optional<StreamKind> kind;
};

const std::array<KnownUnit, 28> kUnits{{
    {"m/s^2", "m/s^2", 1.0, StreamKind::acceleration},
    {"m/s2", "m/s^2", 1.0, StreamKind::acceleration},
    {"m/s\xc2\xb2", "m/s^2", 1.0, StreamKind::acceleration},
    {"m/(s^2)", "m/s^2", 1.0, StreamKind::acceleration},
    {"m_s2", "m/s^2", 1.0, StreamKind::acceleration},
    {"g", "m/s^2", kStandardGravity, StreamKind::acceleration},
    {"G", "m/s^2", kStandardGravity, StreamKind::acceleration},
    {"mg", "m/s^2", kStandardGravity / 1000.0, StreamKind::acceleration},
    {"rad/s", "rad/s", 1.0, StreamKind::angular_rate},
    {"rad_s", "rad/s", 1.0, StreamKind::angular_rate},
    {"deg/s", "rad/s", std::numbers::pi / 180.0, StreamKind::angular_rate},
    {"deg_s", "rad/s", std::numbers::pi / 180.0, StreamKind::angular_rate},
    {"dps", "rad/s", std::numbers::pi / 180.0, StreamKind::angular_rate},
    {"\xc2\xb0/s", "rad/s", std::numbers::pi / 180.0, StreamKind::angular_rate},
    {"uT", "uT", 1.0, StreamKind::other},
    {"\xc2\xb5T", "uT", 1.0, StreamKind::other},
    {"s", "s", 1.0, StreamKind::other},
    {"ms", "ms", 1.0, StreamKind::other},
    {"us", "us", 1.0, StreamKind::other},
    {"N", "N", 1.0, StreamKind::other},
    {"Nm", "Nm", 1.0, StreamKind::other},
    {"deg", "deg", 1.0, StreamKind::other},
    {"rad", "rad", 1.0, StreamKind::other},
    {"%", "%", 1.0, StreamKind::other},
    {"Hz", "Hz", 1.0, StreamKind::other},
    {"no_units", "", 1.0, std::nullopt},
    {"counts", "counts", 1.0, std::nullopt},
    {"ADC counts", "counts", 1.0, std::nullopt},
}};

struct KnownLabel {
    std::string_view prefix;
    StreamKind kind;
};

constexpr std::array<KnownLabel, 27> kLabels{{
    {"emg", StreamKind::emg},           {"semg", StreamKind::emg},
    {"exg", StreamKind::emg},           {"im emg", StreamKind::emg},
    {"ecg", StreamKind::ecg},           {"ekg", StreamKind::ecg},
    {"acc", StreamKind::acceleration},  {"gyr", StreamKind::angular_rate},
    {"quat", StreamKind::orientation},  {"mag", StreamKind::other},
    {"resp", StreamKind::other},        {"ppg", StreamKind::other},
    {"bvp", StreamKind::other},         {"eda", StreamKind::other},
    {"gsr", StreamKind::other},         {"spo2", StreamKind::other},
    {"temperature", StreamKind::other}, {"force", StreamKind::other},
    {"digital", StreamKind::other},     {"analog channel", StreamKind::other},
    {"marker", StreamKind::other},      {"trigger", StreamKind::other},
    {"status", StreamKind::other},      {"event", StreamKind::other},
    {"battery", StreamKind::other},     {"movement", StreamKind::other},
    {"timestamp", StreamKind::other},
}};

/// "ax", "qw": the short names of sensor axes, as tables of IMUs have them.
std::optional<StreamKind> kind_of_axis(std::string_view label) noexcept {
    if (label.size() != 2) return std::nullopt;
    const bool axis = label[1] >= 'x' && label[1] <= 'z';
    switch (label[0]) {
        case 'a': return axis ? std::optional{StreamKind::acceleration} : std::nullopt;
        case 'g': return axis ? std::optional{StreamKind::angular_rate} : std::nullopt;
        case 'm': return axis ? std::optional{StreamKind::other} : std::nullopt;
        case 'q': return axis || label[1] == 'w' ? std::optional{StreamKind::orientation} : std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<double> seconds_per(std::string_view unit) noexcept {
    if (unit == "s" || unit == "sec" || unit == "seconds") return 1.0;
    if (unit == "ms") return 1e-3;
    if (unit == "us" || unit == "\xc2\xb5s") return 1e-6;
    if (unit == "ns") return 1e-9;
    return std::nullopt;
}

std::optional<UnitMeaning> meaning_of_unit(std::string_view unit) {
    unit = trimmed(unit);
    if (microvolts_per(unit)) {
        // One spelling of micro, so that what is written down is ASCII.
        const bool is_micro = *microvolts_per(unit) == 1.0;
        return UnitMeaning{is_micro ? "uV" : std::string{unit}, 1.0, StreamKind::emg};
    }
    for (const KnownUnit& known : kUnits) {
        if (known.text == unit) return UnitMeaning{std::string{known.unit}, known.scale, known.kind};
    }
    return std::nullopt;
}

std::optional<StreamKind> kind_of_label(std::string_view label) {
    const std::string small = lower(label);
    if (const auto kind = kind_of_axis(small)) return kind;
    for (const KnownLabel& known : kLabels) {
        if (small.compare(0, known.prefix.size(), known.prefix) == 0) return known.kind;
    }
    return std::nullopt;
}

}  // namespace tonus::formats
