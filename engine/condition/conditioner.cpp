#include "engine/condition/conditioner.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kRateMinHz = 100.0;
constexpr double kEmgLowHz = 20.0, kEmgHighHz = 450.0;
constexpr double kSpectralLowHz = 10.0, kSpectralHighHz = 500.0;
constexpr double kHeartHz = 30.0;
constexpr double kNotchQ = 30.0;
constexpr double kStrongestHz = 100.0;

constexpr std::array<std::string_view, 8> kTrunkSites{"MF", "IOT", "LT", "ICT", "ICL", "RA", "EO", "LD"};

double high_edge_hz(Profile profile, double rate_hz) {
    return std::min(profile == Profile::spectral ? kSpectralHighHz : kEmgHighHz, kEdgeOfRate * rate_hz);
}

std::vector<Section> joined(std::vector<Section> first, const std::vector<Section>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<std::vector<Section>> all_sections(const ConditionConfig& config) {
    std::vector<std::vector<Section>> channels;
    for (const Profile profile : config.profiles) channels.push_back(channel_sections(profile, config));
    return channels;
}

}  // namespace

Profile profile_for_site(std::string_view site) noexcept {
    const bool trunk = std::find(kTrunkSites.begin(), kTrunkSites.end(), site) != kTrunkSites.end();
    return trunk ? Profile::trunk_ecg : Profile::general;
}

double low_edge_hz(Profile profile) noexcept { return profile == Profile::spectral ? kSpectralLowHz : kEmgLowHz; }

std::vector<Section> profile_sections(Profile profile, double rate_hz, const FilterDesign& design) {
    if (rate_hz < kRateMinHz) {
        throw usage_error(fmt::format("{:.6g} Hz is too low for EMG: at least {:.0f} Hz, better 1000",
                                      rate_hz, kRateMinHz));
    }
    const double low_hz = low_edge_hz(profile), high_hz = high_edge_hz(profile, rate_hz);
    switch (profile) {
        case Profile::general:
        case Profile::spectral: break;
        case Profile::trunk_ecg:
            return joined(design.band_pass(2, low_hz, high_hz, rate_hz), design.high_pass(4, kHeartHz, rate_hz));
        case Profile::vibration:
            return joined(design.high_pass(4, low_hz, rate_hz), design.low_pass(2, high_hz, rate_hz));
    }
    return design.band_pass(2, low_hz, high_hz, rate_hz);
}

std::vector<Section> channel_sections(Profile profile, const ConditionConfig& config, const FilterDesign& design) {
    const double rate_hz = config.rate.hz();
    std::vector<Section> sections = profile_sections(profile, rate_hz, design);
    if (config.mains_hz > 0.0 && config.mains_hz < kEdgeOfRate * rate_hz) {
        sections.push_back(design.notch(config.mains_hz, kNotchQ, rate_hz));
    }
    return sections;
}

Conditioner::Conditioner(const ConditionConfig& config)
    : cascade_(all_sections(config)) {
    const double rate_hz = config.rate.hz();
    low_pass_hz_ = high_edge_hz(Profile::general, rate_hz);
    band_limited_ = low_pass_hz_ < kEmgHighHz;
    for (const Profile profile : config.profiles) {
        const std::vector<Section> sections = channel_sections(profile, config);
        delay_s_ = std::max(delay_s_, group_delay_s(sections, std::min(kStrongestHz, 0.25 * rate_hz), rate_hz));
    }
}

void Conditioner::process(const Block<unit::Microvolt>& from, const Block<unit::Microvolt>& to) noexcept {
    cascade_.process({from.lanes(0).data(), to.lanes(0).data(), from.stride(), from.n_frames()});
}

}  // namespace tonus
