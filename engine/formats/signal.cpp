#include "engine/formats/signal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

struct Heading {
    std::string_view label;
    std::string_view unit;
};

/// Takes the unit off a heading. What stands in parentheses may be something else ("(D11)"), what
/// stands in brackets is a unit.
Heading split_heading(std::string_view text) {
    text = trimmed(text);
    for (const auto& [opening, closing] : {std::pair{'[', ']'}, std::pair{'(', ')'}}) {
        if (text.empty() || text.back() != closing) continue;
        const std::size_t at = text.rfind(opening);
        if (at == std::string_view::npos) continue;
        const std::string_view unit = trimmed(text.substr(at + 1, text.size() - at - 2));
        if (opening == '[' || meaning_of_unit(unit)) return {trimmed(text.substr(0, at)), unit};
    }
    static constexpr std::array<std::string_view, 8> endings{"_rad_s", "_deg_s", "_m_s2", "_uT",
                                                             "_uV",    "_uv",    "_mV",   "_mv"};
    for (const std::string_view ending : endings) {
        if (text.size() > ending.size() && text.substr(text.size() - ending.size()) == ending) {
            return {text.substr(0, text.size() - ending.size()), ending.substr(1)};
        }
    }
    return {text, {}};
}

const char* unit_help() { return "V, mV, uV or nV for EMG; g or m/s^2, deg/s or rad/s for movement"; }

void apply_unit(std::vector<Signal>& signals, const std::string& unit, const std::string& path,
                std::vector<std::string>& notes) {
    const std::optional<UnitMeaning> meaning = meaning_of_unit(unit);
    if (!meaning) {
        throw usage_error(fmt::format("{}: unit '{}' is not known; write {}", path, unit, unit_help()));
    }
    const StreamKind kind = meaning->kind.value_or(StreamKind::emg);
    for (Signal& signal : signals) {
        if (signal.kind && *signal.kind != kind) continue;
        // A movement sensor's own unit stays: its scale is in the stream already.
        if (kind != StreamKind::emg && !signal.info.unit.empty()) continue;
        if (!signal.info.unit.empty() && signal.info.unit != meaning->unit) {
            add_note(notes, fmt::format("{}: the file says {}, the option unit={} is taken",
                                        signal.info.label, signal.info.unit, unit));
        }
        signal.info.unit = meaning->unit;
        signal.info.scale *= meaning->scale;
        signal.kind = kind;
    }
}

void apply_scale(std::vector<Signal>& signals, double scale_uv, const std::string& path) {
    if (!std::isfinite(scale_uv) || scale_uv == 0.0) {
        throw usage_error(fmt::format(
            "{}: scale_uv {} is not usable; write the microvolts of one raw step, such as 0.7324", path,
            scale_uv));
    }
    for (Signal& signal : signals) {
        if (signal.kind && *signal.kind != StreamKind::emg) continue;
        signal.info.unit = "uV";
        signal.info.scale = scale_uv;
        signal.info.offset = 0.0;
        signal.kind = StreamKind::emg;
    }
}

bool same_label(const std::string& label, const std::string& wanted, bool any_case) {
    return any_case ? lower(label) == lower(wanted) : label == wanted;
}

}  // namespace

void set_unit(Signal& signal, std::string_view unit) {
    if (trimmed(unit).empty()) return;
    const std::optional<UnitMeaning> meaning = meaning_of_unit(unit);
    if (!meaning) {
        signal.info.unit = clean_text(unit, limits::kLabelBytes);
        if (!signal.kind) signal.kind = StreamKind::other;
        return;
    }
    signal.info.unit = meaning->unit;
    signal.info.scale *= meaning->scale;
    signal.info.offset *= meaning->scale;
    if (!signal.kind) signal.kind = meaning->kind;
}

Signal signal_of_heading(std::string_view heading) {
    const Heading parts = split_heading(heading);
    Signal signal;
    signal.info.label = clean_text(parts.label, limits::kLabelBytes);
    signal.kind = kind_of_label(signal.info.label);
    set_unit(signal, parts.unit);
    return signal;
}

void settle_kinds(std::vector<Signal>& signals, const ReadOptions& options, const std::string& path,
                  std::vector<std::string>& notes) {
    if (options.unit && options.scale_uv) {
        throw usage_error(fmt::format("{}: unit and scale_uv both say what a number means; give one", path));
    }
    if (options.unit) apply_unit(signals, *options.unit, path, notes);
    if (options.scale_uv) apply_scale(signals, *options.scale_uv, path);
    const bool any_known = std::any_of(signals.begin(), signals.end(),
                                       [](const Signal& signal) { return signal.kind.has_value(); });
    for (Signal& signal : signals) {
        if (!signal.kind) signal.kind = any_known ? StreamKind::other : StreamKind::emg;
    }
}

std::optional<std::size_t> find_label(const std::vector<std::string>& labels, const std::string& wanted) {
    for (const bool any_case : {false, true}) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (same_label(labels[i], wanted, any_case)) return i;
        }
    }
    std::size_t number = 0;
    const auto [end, code] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    const bool whole = code == std::errc{} && end == wanted.data() + wanted.size();
    if (whole && number >= 1 && number <= labels.size()) return number - 1;
    return std::nullopt;
}

std::string label_listing(const std::vector<std::string>& labels) {
    constexpr std::size_t kShown = 24;
    std::string text;
    for (std::size_t i = 0; i < std::min(labels.size(), kShown); ++i) {
        text += fmt::format("{}{} {}", i == 0 ? "" : ", ", i + 1, labels[i]);
    }
    if (labels.size() > kShown) text += fmt::format(" and {} more", labels.size() - kShown);
    return text;
}

std::vector<std::size_t> chosen_channels(const std::vector<std::string>& labels,
                                         const ReadOptions& options, const std::string& path) {
    std::vector<bool> chosen(labels.size(), options.channels.empty());
    for (const std::string& wanted : options.channels) {
        const std::optional<std::size_t> at = find_label(labels, wanted);
        if (!at) {
            throw usage_error(fmt::format("{}: there is no channel '{}'; channels are: {}", path, wanted,
                                          label_listing(labels)));
        }
        chosen[*at] = true;
    }
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i]) positions.push_back(i);
    }
    return positions;
}

std::string stream_name(const std::vector<StreamInfo>& streams, StreamKind kind) {
    const auto same = std::count_if(streams.begin(), streams.end(),
                                    [kind](const StreamInfo& stream) { return stream.kind == kind; });
    const std::string_view name = stream_kind_name(kind);
    return same == 0 ? std::string{name} : fmt::format("{}_{}", name, same + 1);
}

void add_note(std::vector<std::string>& notes, std::string note) {
    if (notes.size() < limits::kNotes) notes.push_back(std::move(note));
}

}  // namespace tonus::formats
