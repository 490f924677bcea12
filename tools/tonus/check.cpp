#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/pipeline/site_watch.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/guide.hpp"

namespace tonus::cli {
namespace {

constexpr double kPauseS = 5.0;  // to take up the next position: the efforts are light

/// Channels whose side cannot be checked, by name.
std::vector<std::string> unchecked(const Session& session, const std::vector<SitePair>& pairs) {
    std::vector<std::string> names;
    for (std::size_t m = 0; m < session.channels.size(); ++m) {
        const bool in_pair = std::any_of(pairs.begin(), pairs.end(), [m](const SitePair& pair) { return pair.left == m || pair.right == m; });
        if (!in_pair) names.push_back(session.channels[m].name);
    }
    return names;
}

void print_findings(const std::vector<SitePair>& pairs, const std::vector<SiteFinding>& findings, const std::vector<std::string>& left_out) {
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        fmt::print("  {:<10} {:<8} {}\n", pairs[p].name, site_verdict_name(findings[p].verdict), findings[p].advice);
    }
    if (!left_out.empty()) fmt::print("not checked, because the other side has no electrodes: {}\n", fmt::join(left_out, " "));
}

void print_findings_json(const Session& session, const std::vector<SitePair>& pairs, const std::vector<SiteFinding>& findings,
                         const std::vector<std::string>& left_out) {
    std::string sites, names;
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        sites += fmt::format("{}{{\"site\":{},\"left\":{},\"right\":{},\"verdict\":\"{}\",\"advice\":{}}}", p == 0 ? "" : ",",
                             json_string(pairs[p].name), json_string(session.channels[pairs[p].left].name),
                             json_string(session.channels[pairs[p].right].name), site_verdict_name(findings[p].verdict),
                             json_string(findings[p].advice));
    }
    for (const std::string& name : left_out) names += (names.empty() ? "" : ",") + json_string(name);
    fmt::print("{{\"sites\":[{}],\"not_checked\":[{}]}}\n", sites, names);
}

}  // namespace

int check(const CheckOptions& options) {
    Sources sources = open_sources(options.sources, options.session);
    const std::vector<SitePair> pairs = site_pairs(sources.session);
    if (pairs.empty()) {
        throw usage_error(fmt::format("{}: no site has electrodes on both sides, so there is no left and right to check; give channels "
                                      "of one site side = \"L\" and \"R\"",
                                      sources.session.path.empty() ? "the source" : sources.session.path));
    }
    const EffortPlan plan{.rest_s = options.rest_s,
                          .hold_s = options.hold_s,
                          .pause_s = pause_or_usual(options.pause_s, kPauseS, sources),
                          .efforts = one_sided_efforts(sources.session, pairs)};
    SiteWatch watch{sources.streams, sources.session, pairs, plan};
    run_guided(sources, {plan, "Now, half as hard as you can, with one side only"}, watch, watch.done(),
               options.fast ? Speed::full : Speed::live, options.voice);

    const std::vector<SiteFinding> findings = watch.findings();
    const std::vector<std::string> left_out = unchecked(sources.session, pairs);
    if (options.voice.json) print_findings_json(sources.session, pairs, findings, left_out);
    else if (!options.voice.quiet) print_findings(pairs, findings, left_out);
    return std::all_of(findings.begin(), findings.end(), [](const SiteFinding& f) { return f.verdict == SiteVerdict::ok; }) ? 0 : 1;
}

}  // namespace tonus::cli
