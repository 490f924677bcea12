#include "engine/pipeline/contraction_run.hpp"

#include <optional>

#include "engine/load/quietest_stretch.hpp"

namespace tonus {
namespace {

constexpr double kBaselineS = 1.0;  // domain 6.7

}  // namespace

std::vector<std::vector<float>> find_baselines(std::span<Device* const> devices, const Session& session, const RunControl& control) {
    std::vector<QuietestStretch> stretches;
    for (const Rate rate : channel_rates(devices, session)) stretches.emplace_back(rate, kBaselineS);
    visit_samples(devices, session, [&](std::size_t m, float uv, bool valid) { stretches[m].process(uv, valid); }, control);
    std::vector<std::vector<float>> baselines;
    for (const QuietestStretch& stretch : stretches) baselines.emplace_back(stretch.quietest().begin(), stretch.quietest().end());
    return baselines;
}

void find_contractions(std::span<Device* const> devices, const Session& session, std::span<const std::vector<float>> baselines,
                       OnsetMethod method, const ContractionVisit& visit, const RunControl& control) {
    const std::vector<Rate> rates = channel_rates(devices, session);
    std::vector<std::optional<ContractionFinder>> finders;
    for (std::size_t m = 0; m < rates.size(); ++m) {
        finders.emplace_back();
        if (!baselines[m].empty()) finders[m].emplace(make_onset_detector(method, rates[m], baselines[m]));
    }
    visit_samples(
        devices, session,
        [&](std::size_t m, float uv, bool valid) {
            if (!finders[m]) return;
            if (const std::optional<Contraction> ended = finders[m]->process(uv, valid)) visit(m, rates[m], *ended);
        },
        control);
    for (std::size_t m = 0; m < finders.size(); ++m) {
        if (finders[m] && finders[m]->unfinished()) visit(m, rates[m], *finders[m]->unfinished());
    }
}

}  // namespace tonus
