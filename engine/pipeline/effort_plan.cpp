#include "engine/pipeline/effort_plan.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace tonus {
namespace {

// The person settles down and the filters settle with them.
constexpr double kRestSkipS = 1.0;

struct Effort {
    std::string_view sites;  // between blanks
    std::string_view both_sides;
    std::string_view one_side;  // {} is the side; bending and turning to a side work that side's trunk muscles
};

constexpr std::array<Effort, 9> kEfforts{{
    {" MF LT ICT ICL ", "lie prone, trunk level, and lift against the hands on your shoulder blades", "bend sideways to the {} against resistance"},
    {" RA ", "lie on your back, knees bent, and curl up against resistance", "curl up and bend to the {} against resistance"},
    {" EO ", "lie on your side and bend sideways against resistance", "bend sideways to the {} against resistance"},
    {" IOT ", "turn to the same side against resistance, and brace", "turn to the {} against resistance"},
    {" LD ", "press the raised arm down and back against resistance", "press the raised {} arm down and back against resistance"},
    {" GMX GMD ", "lift the bent leg back, then out, against resistance", "lift the bent {} leg back, then out, against resistance"},
    {" BF ST ", "bend the knee against resistance", "bend the {} knee against resistance"},
    {" VL VM RF ", "stretch the knee against resistance", "stretch the {} knee against resistance"},
    {" TU TM TL RH ", "shrug and pull the shoulder blades back against resistance", "shrug the {} shoulder and pull its blade back against resistance"},
}};
constexpr std::string_view kAnyOneSide = "tense the {} side alone";

bool serves(const Effort& effort, const std::string& site) {
    return effort.sites.find(" " + site + " ") != std::string_view::npos;
}

std::string_view one_side_of(const std::string& site) {
    const auto effort = std::find_if(kEfforts.begin(), kEfforts.end(), [&](const Effort& e) { return serves(e, site); });
    return effort == kEfforts.end() ? kAnyOneSide : effort->one_side;
}

}  // namespace

EffortPlan::Moment EffortPlan::at(double time_s) const noexcept {
    if (time_s < rest_s) return {Phase::rest, 0, rest_s - time_s, time_s};
    const double cycle_s = trial_s() + pause_s;
    const double since_s = time_s - rest_s;
    const int trial = static_cast<int>(since_s / cycle_s);
    const double into_s = since_s - trial * cycle_s;
    if (into_s < trial_s()) return {Phase::trial, trial, trial_s() - into_s, into_s};
    return {Phase::pause, trial + 1, cycle_s - into_s, into_s - trial_s()};
}

bool EffortPlan::rests(double time_s, double delay_s) const noexcept { return time_s > kRestSkipS + delay_s && time_s < rest_s; }

std::vector<std::string> efforts_for(const Session& session) {
    std::vector<std::string> efforts;
    for (const Effort& effort : kEfforts) {
        const bool wanted = std::any_of(session.channels.begin(), session.channels.end(),
                                        [&](const SessionChannel& channel) { return serves(effort, channel.site); });
        if (wanted) efforts.emplace_back(effort.both_sides);
    }
    if (efforts.empty()) efforts.emplace_back("tense the measured muscles as hard as you can");
    return efforts;
}

std::vector<SitePair> site_pairs(const Session& session) {
    const std::vector<SessionChannel>& channels = session.channels;
    std::vector<SitePair> pairs;
    std::vector<bool> taken(channels.size(), false);
    for (std::size_t left = 0; left < channels.size(); ++left) {
        if (channels[left].side != "L") continue;
        for (std::size_t right = 0; right < channels.size(); ++right) {
            if (taken[right] || channels[right].side != "R" || channels[right].site != channels[left].site) continue;
            taken[right] = true;
            pairs.push_back({.name = channels[left].site, .left = left, .right = right});
            break;
        }
    }
    for (SitePair& pair : pairs) {
        const std::string& site = channels[pair.left].site;
        const auto n = std::count_if(pairs.begin(), pairs.end(), [&](const SitePair& other) { return channels[other.left].site == site; });
        if (n > 1) pair.name = fmt::format("{} and {}", channels[pair.left].name, channels[pair.right].name);
    }
    return pairs;
}

std::vector<std::string> one_sided_efforts(const Session& session, const std::vector<SitePair>& pairs) {
    std::vector<std::string> efforts;
    for (const SitePair& pair : pairs) {
        for (const std::string_view side : {"left", "right"}) {
            const std::string_view what = one_side_of(session.channels[pair.left].site);
            efforts.push_back(fmt::format("{} {}: {}", pair.name, side, fmt::format(fmt::runtime(what), side)));
        }
    }
    return efforts;
}

}  // namespace tonus
