#include "engine/pipeline/site_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tonus {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

SiteWatch::SiteWatch(std::span<const std::span<const StreamInfo>> devices, const Session& session, std::vector<SitePair> pairs,
                     EffortPlan plan, SiteCheckConfig config)
    : plan_(std::move(plan)),
      pairs_(std::move(pairs)),
      config_(config),
      places_(find_channels(devices, session)),
      levels_(2 * pairs_.size(), std::vector<Level>(session.channels.size())) {
    for (const std::span<const StreamInfo> streams : devices) {
        for (const StreamInfo& stream : streams) {
            const std::size_t s = rest_.size();
            const bool used = std::any_of(places_.begin(), places_.end(), [s](const ChannelPlace& place) { return place.stream == s; });
            rest_.emplace_back();
            if (used) rest_.back().emplace(stream.channels.size(), session.window_s);
            stream_done_.push_back(!used);
        }
    }
}

void SiteWatch::envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) {
    if (rest_[stream] && plan_.rests(static_cast<double>(tick.index + 1) * kTickS)) rest_[stream]->process(tick);
}

void SiteWatch::energy(std::size_t stream, const EnergyTick& tick) {
    const EffortPlan::Moment moment = plan_.at(static_cast<double>(tick.index) * kTickS);
    const auto trial = static_cast<std::size_t>(moment.trial);
    if (trial >= levels_.size()) {
        stream_done_[stream] = true;
        const bool all = std::all_of(stream_done_.begin(), stream_done_.end(), [](bool is_done) { return is_done; });
        done_.store(all, std::memory_order_relaxed);
        return;
    }
    if (!plan_.holds(moment)) return;
    for (std::size_t m = 0; m < places_.size(); ++m) {
        if (places_[m].stream != stream) continue;
        Level& level = levels_[trial][m];
        level.energy_uv2 += static_cast<double>(tick.energy_uv2[places_[m].lane]);
        level.n_valid += tick.counts[places_[m].lane].n_valid;
        level.n_frames += tick.counts[places_[m].lane].n_frames;
    }
}

double SiteWatch::Level::rms_uv() const noexcept {
    return n_valid > 0 && 2 * n_valid >= n_frames ? std::sqrt(energy_uv2 / static_cast<double>(n_valid)) : kNaN;
}

double SiteWatch::rest_uv(std::size_t channel) const {
    return rest_[places_[channel].stream]->rest_uv(places_[channel].lane).value_or(kNaN);
}

SideLevels SiteWatch::levels_of(const SitePair& pair, std::size_t trial) const {
    return {.left_uv = levels_[trial][pair.left].rms_uv(), .right_uv = levels_[trial][pair.right].rms_uv()};
}

std::vector<SiteFinding> SiteWatch::findings() const {
    std::vector<SiteFinding> findings;
    for (std::size_t p = 0; p < pairs_.size(); ++p) {
        const SitePair& pair = pairs_[p];
        SiteCheck check{pair.name, {.left_uv = rest_uv(pair.left), .right_uv = rest_uv(pair.right)}, config_};
        // The pair's own efforts: in those of the others it may work or rest.
        check.trial(SiteSide::left, levels_of(pair, 2 * p));
        check.trial(SiteSide::right, levels_of(pair, 2 * p + 1));
        findings.push_back(check.finding());
    }
    return findings;
}

}  // namespace tonus
