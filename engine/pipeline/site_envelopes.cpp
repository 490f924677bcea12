#include "engine/pipeline/site_envelopes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "engine/condition/zero_phase.hpp"
#include "engine/core/error.hpp"
#include "engine/core/tick.hpp"

namespace tonus {
namespace {

constexpr double kLowPassHz = 5.0, kTicksHz = 100.0;
constexpr std::size_t kSitesMin = 3, kFramesMax = 4000;
constexpr double kLeastS = 10.0;

/// Mean absolute values of the ticks of one channel; a tick without a valid sample holds the last.
class TickMeans {
public:
    explicit TickMeans(Rate rate) : rate_(rate), tick_end_(rate.first_frame_of(1)) {}

    void process(float uv, bool valid) {
        if (valid) {
            sum_ += std::abs(static_cast<double>(uv));
            ++n_;
        }
        if (++n_frames_ < tick_end_) return;
        values.push_back(n_ > 0 ? sum_ / n_ : values.empty() ? 0.0 : values.back());
        known.push_back(n_ > 0);
        tick_end_ = rate_.first_frame_of(values.size() + 1);
        sum_ = n_ = 0.0;
    }

    std::vector<double> values;
    std::vector<bool> known;

private:
    Rate rate_;
    std::uint64_t n_frames_ = 0, tick_end_;
    double sum_ = 0.0, n_ = 0.0;
};

/// In place: the RMS that a normal signal of this mean absolute value has, as a fraction of maximum.
void to_mvc(std::vector<double>& envelope, const MvcReference& reference) {
    const double rest_uv2 = reference.rest_uv * reference.rest_uv, mvc_uv = reference.unbiased_mvc_uv();
    const double per_uv = 1.0 / std::sqrt(mvc_uv * mvc_uv - rest_uv2);
    for (double& value : envelope) {
        const double rms2 = 0.5 * std::numbers::pi * value * value;
        value = per_uv * std::sqrt(std::max(rms2 - rest_uv2, 0.0));
    }
}

void to_unit_variance(std::vector<double>& envelope) {
    double mean = 0.0, square = 0.0;
    for (const double value : envelope) {
        mean += value / static_cast<double>(envelope.size());
        square += value * value / static_cast<double>(envelope.size());
    }
    const double sd = std::sqrt(std::max(square - mean * mean, 0.0));
    for (double& value : envelope) value = sd > 0.0 ? value / sd : 0.0;
}

}  // namespace

SiteEnvelopes site_envelopes(std::span<Device* const> devices, const Session& session, const RunControl& control) {
    if (session.channels.size() < kSitesMin) {
        throw usage_error(fmt::format("synergies need at least {} channels, and there are {}: with fewer, every muscle is one of its own",
                                      kSitesMin, session.channels.size()));
    }
    std::vector<TickMeans> sites;
    for (const Rate rate : channel_rates(devices, session)) sites.emplace_back(rate);
    visit_samples(devices, session, [&](std::size_t m, float uv, bool valid) { sites[m].process(uv, valid); }, control);

    std::size_t n_ticks = sites.front().values.size();
    for (const TickMeans& site : sites) n_ticks = std::min(n_ticks, site.values.size());
    std::vector<std::size_t> known;
    for (std::size_t t = 0; t < n_ticks; ++t) {
        if (std::all_of(sites.begin(), sites.end(), [t](const TickMeans& site) { return site.known[t]; })) known.push_back(t);
    }
    if (static_cast<double>(known.size()) < kLeastS * kTicksHz) {
        throw usage_error(fmt::format("synergies need {:.0f} s in which all channels are valid, and the recording has {:.1f} s", kLeastS,
                                      static_cast<double>(known.size()) / kTicksHz));
    }

    SiteEnvelopes envelopes{.values = {}, .n_sites = sites.size(), .n_frames = std::min(known.size(), kFramesMax)};
    envelopes.of_mvc = std::all_of(session.channels.begin(), session.channels.end(),
                                   [](const SessionChannel& channel) { return reference_problem(channel.reference) == Reason::none; });
    const std::vector<Section> low_pass = kTwoPasses.low_pass(2, kLowPassHz, kTicksHz);
    for (std::size_t m = 0; m < sites.size(); ++m) {
        std::vector<double>& envelope = sites[m].values;
        filter_zero_phase(envelope, low_pass);
        // A filter that overshoots downward makes no negative muscle.
        for (double& value : envelope) value = std::max(value, 0.0);
        if (envelopes.of_mvc) to_mvc(envelope, *session.channels[m].reference);
        else to_unit_variance(envelope);
        for (std::size_t f = 0; f < envelopes.n_frames; ++f) envelopes.values.push_back(envelope[known[f * known.size() / envelopes.n_frames]]);
    }
    return envelopes;
}

}  // namespace tonus
