#include "engine/sinks/console_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr std::size_t kNameColumns = 14;
constexpr std::size_t kValueColumns = 26;
constexpr std::size_t kChannelLinesMax = 24;

// Below this a group is shown as not available (domain 1.4).
constexpr float kConfidenceShown = 0.25f;

enum class Colour { plain, dim, green, red, yellow, bold };

std::string_view code(Colour colour) {
    switch (colour) {
        case Colour::plain: return "\x1b[0m";
        case Colour::dim: return "\x1b[2m";
        case Colour::green: return "\x1b[1;32m";
        case Colour::red: return "\x1b[1;31m";
        case Colour::yellow: return "\x1b[1;33m";
        case Colour::bold: return "\x1b[1m";
    }
    return "";
}

std::string paint(std::string text, Colour colour, bool on) {
    if (!on || colour == Colour::plain) return text;
    return fmt::format("{}{}{}", code(colour), text, code(Colour::plain));
}

/// A bar from 0 to 100 %, in eighths of a column, with a mark at the limit that stays to be seen
/// when the bar has passed it.
std::string bar(float value, float limit, std::size_t columns, Colour colour, bool on) {
    static constexpr std::array<std::string_view, 9> eighths{" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    const auto limit_column = static_cast<std::size_t>(
        std::lround(std::clamp(limit, 0.0f, 1.0f) * static_cast<float>(columns)));
    const float filled = std::clamp(value, 0.0f, 1.0f) * static_cast<float>(columns);
    const auto eighth_at = [filled](std::size_t column) {
        return static_cast<std::size_t>(std::clamp(filled - static_cast<float>(column), 0.0f, 1.0f) * 8.0f);
    };
    const auto stretch = [&](std::size_t from, std::size_t to) {
        std::string text;
        for (std::size_t column = from; column < to; ++column) text += eighths[eighth_at(column)];
        return paint(text, colour, on);
    };
    if (limit_column >= columns) return stretch(0, columns);
    const std::string mark = eighth_at(limit_column) == 0 ? paint("┊", Colour::dim, on)
                             : on                         ? fmt::format("{}\x1b[7m┊{}", code(colour), code(Colour::plain))
                                                          : std::string{"╂"};
    return stretch(0, limit_column) + mark + stretch(limit_column + 1, columns);
}

double percent(float fraction) { return 100.0 * static_cast<double>(fraction); }

bool is_stale(const ConsoleState& state) { return state.age_s > kStaleAgeS; }

std::string name_cell(std::string name, std::string_view letter) {
    constexpr std::size_t room = kNameColumns - 3;
    if (name.size() > room) name.resize(room);
    return fmt::format("{:<{}} {} ", name, room, letter);
}

std::string channel_line(const SessionInfo::Channel& channel, const ChannelResult& result,
                         const SessionInfo& session, std::size_t columns, const ConsoleState& state) {
    const bool on = state.colour;
    const Status& status = result.mvc_status;
    std::string line = name_cell(channel.name, muscle_class_letter(channel.muscle));
    if (status.state == ValueState::invalid) {
        const std::string why{reason_name(status.reason)};
        const std::string level = result.rms_status.state == ValueState::valid
                                      ? fmt::format("{:7.1f} µV   ", result.rms_uv)
                                      : std::string{};
        return line + level + paint(why.empty() ? "no value yet" : why, Colour::yellow, on) + "\n";
    }
    const bool held = status.state == ValueState::held || is_stale(state);
    const Colour colour = held                               ? Colour::dim
                          : result.mvc >= session.limit_mvc ? Colour::red
                                                            : Colour::green;
    line += bar(result.mvc, session.limit_mvc, columns, colour, on);
    line += fmt::format(" {:4.0f} %{}{}", percent(result.mvc), held ? " held" : "",
                        status.saturated ? " clips" : "");
    return line + "\n";
}

std::string group_line(std::string_view name, const GroupEstimate& group, const SessionInfo& session,
                       std::size_t columns, const ConsoleState& state) {
    const bool on = state.colour;
    std::string line = fmt::format("{:<{}}", name, kNameColumns);
    if (!group.planned) return line + paint("not in the montage\n", Colour::dim, on);
    if (!group.valid || group.confidence < kConfidenceShown) {
        const std::string_view why = group.valid ? "not available: too little to trust" : reason_name(group.reason);
        return line + paint(std::string{why}, Colour::yellow, on) + "\n";
    }
    const Colour colour = is_stale(state)                     ? Colour::dim
                          : group.value >= session.limit_mvc ? Colour::red
                                                             : Colour::green;
    line += bar(group.value, session.limit_mvc, columns, colour, on);
    return line + fmt::format(" {:4.0f} % [{:.0f}-{:.0f}]  {}\n", percent(group.value), percent(group.low),
                              percent(group.high), confidence_word(group.confidence));
}

std::string flag_text(const SessionInfo& session, const KeptRow& row, const ConsoleState& state,
                      bool on) {
    const double limit = percent(session.limit_mvc);
    if (is_stale(state)) {
        return paint(fmt::format(" ? UNKNOWN  no data for {:.1f} s: check the device", state.age_s),
                     Colour::yellow, on);
    }
    switch (row.row.load) {
        case LoadState::under:
            return paint(fmt::format(" ● UNDER  {:.0f} % of maximum: go on", limit), Colour::green, on);
        case LoadState::over:
            return paint(fmt::format(" ▲ OVER   {:.0f} % of maximum for {:.1f} s: ease off{}", limit,
                                     row.row.time_s - state.over_since_s,
                                     row.row.load_reason == Reason::none
                                         ? ""
                                         : fmt::format(" (held: {})", reason_name(row.row.load_reason))),
                         Colour::red, on);
        case LoadState::unknown: break;
    }
    return paint(fmt::format(" ? UNKNOWN  {}", reason_advice(row.row.load_reason)), Colour::yellow, on);
}

}  // namespace

void KeptRow::keep(const ResultRow& from) {
    channels.assign(from.channels.begin(), from.channels.end());
    row = from;
    row.channels = channels;
}

std::string_view confidence_word(float confidence) noexcept {
    if (confidence >= 0.65f) return "good";
    if (confidence >= 0.40f) return "fair";
    if (confidence >= kConfidenceShown) return "low";
    return "not available";
}

std::string console_picture(const SessionInfo& session, const KeptRow& row, const ConsoleState& state) {
    const bool on = state.colour;
    const std::size_t columns = std::clamp<std::size_t>(
        state.width > kNameColumns + kValueColumns ? state.width - kNameColumns - kValueColumns : 0, 12, 60);
    std::string text = fmt::format("{}  {:.1f} s   data {:.0f} ms old   envelope {:.0f} ms behind, flag +{:.1f} s\n\n",
                                   paint("Tonus", Colour::bold, on), row.row.time_s, state.age_s * 1e3,
                                   session.envelope_delay_s * 1e3, session.flag_delay_s);
    const std::size_t n_shown = std::min(session.channels.size(), kChannelLinesMax);
    for (std::size_t ch = 0; ch < n_shown; ++ch) {
        text += channel_line(session.channels[ch], row.channels[ch], session, columns, state);
    }
    if (n_shown < session.channels.size()) {
        text += fmt::format("… and {} more\n", session.channels.size() - n_shown);
    }
    text += "\n";
    text += group_line("local (proxy)", row.row.groups.local, session, columns, state);
    text += group_line("global", row.row.groups.global, session, columns, state);
    if (row.row.groups.ratio.valid) {
        const RatioEstimate& ratio = row.row.groups.ratio;
        text += fmt::format("{:<{}}{:.2f} [{:.2f}-{:.2f}]\n", "local:global", kNameColumns, ratio.value,
                            ratio.low, ratio.high);
    } else {
        text += fmt::format("{:<{}}undefined\n", "local:global", kNameColumns);
    }
    text += "\n" + flag_text(session, row, state, on) + "\n\n";
    if (row.row.is_estimate()) text += paint("vibration: levels are estimates\n", Colour::yellow, on);
    text += state.n_frames_lost == 0
                ? std::string{"lost: none"}
                : fmt::format("lost: {} frames in {} gaps", state.n_frames_lost, state.n_gaps);
    if (state.n_missed > 0) text += fmt::format("   this view skipped {} rows", state.n_missed);
    if (!state.recording.empty()) text += "\n" + state.recording.substr(0, state.width);
    if (!state.marker.empty()) text += "\n" + state.marker.substr(0, state.width);
    return text + "\n";
}

std::string console_line(const KeptRow& row, const ConsoleState& state) {
    const auto group = [](const GroupEstimate& g) {
        return g.valid ? fmt::format("{:.1f} %", percent(g.value)) : std::string{"-"};
    };
    const GroupTick& groups = row.row.groups;
    std::string text = fmt::format("{:8.2f} s  local (proxy) {:>7}  global {:>7}  ratio {:>5}  {}", row.row.time_s,
                                   group(groups.local), group(groups.global),
                                   groups.ratio.valid ? fmt::format("{:.2f}", groups.ratio.value) : "-",
                                   is_stale(state) ? "unknown (no data)" : load_state_name(row.row.load));
    if (!is_stale(state) && row.row.load_reason != Reason::none) {
        text += fmt::format(" ({})", reason_name(row.row.load_reason));
    }
    if (row.row.is_estimate()) text += "  estimate";
    if (state.n_frames_lost > 0) text += fmt::format("  lost {}", state.n_frames_lost);
    if (!state.recording.empty()) text += "  " + state.recording;
    return text;
}

}  // namespace tonus
