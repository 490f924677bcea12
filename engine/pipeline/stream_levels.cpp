#include "engine/pipeline/stream_levels.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace tonus {
namespace {

// A stream other than the first whose latest tick is older than this is stale.
constexpr std::int64_t kStaleNs = 500'000'000;

/// True when it was not the same to the bit, which is looked at as a whole.
template <class T>
bool renew(std::vector<T>& kept, std::span<const T> now) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    if (std::memcmp(kept.data(), now.data(), now.size_bytes()) == 0) return false;
    std::memcpy(kept.data(), now.data(), now.size_bytes());
    return true;
}

}  // namespace

StreamLevels::StreamLevels(std::size_t stream, std::size_t n_lanes, std::span<const ChannelPlace> places)
    : status_(n_lanes), template_status_(n_lanes), quality_(n_lanes), n_windows_(n_lanes, 0), uncombed_uv_(n_lanes, 0.0f) {
    for (std::size_t m = 0; m < places.size(); ++m) {
        if (places[m].stream == stream) places_.push_back({m, places[m].lane});
    }
}

void StreamLevels::take(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope, std::int64_t arrival_ns,
                        MontageTick& montage) noexcept {
    for (const Place& place : places_) montage.envelope_uv[place.channel] = envelope.value[place.lane];
    for (const Place& place : places_) {
        if (montage.energies.empty()) break;
        ChannelEnergy& of = montage.energies[place.channel];
        of.energy_uv2 = energy.energy_uv2[place.lane];
        of.n_valid = static_cast<double>(energy.counts[place.lane].n_valid);
    }
    changed_ |= renew(status_, envelope.status);
    arrival_ns_ = arrival_ns;
    has_tick_ = true;
}

void StreamLevels::take_template(const Tick<unit::Microvolt>& envelope, MontageTick& montage) noexcept {
    for (const Place& place : places_) montage.template_uv[place.channel] = envelope.value[place.lane];
    changed_ |= renew(template_status_, envelope.status);
}

void StreamLevels::take_uncombed(const Tick<unit::Microvolt>& envelope) noexcept {
    std::copy(envelope.value.begin(), envelope.value.end(), uncombed_uv_.begin());
}

void StreamLevels::finish(const EmgChain& chain, MontageTick& montage, std::span<ChannelResult> results) noexcept {
    // Too old, or, for a tick of a gap that is told afterwards, too new.
    const bool stale = !has_tick_ || std::abs(montage.arrival_ns - arrival_ns_) > kStaleNs;
    const bool new_quality = renew(quality_, chain.quality());
    if (changed_ || new_quality || stale != stale_) {
        changed_ = false;
        stale_ = stale;
        set_status(montage, results);
    }
    if (vibrates_ != chain.vibrates()) {
        vibrates_ = !vibrates_;
        for (const Place& place : places_) results[place.channel].estimate = vibrates_;
    }
    montage.is_estimate |= vibrates_;
    set_spectra(chain.spectra(), montage, results);
}

void StreamLevels::set_status(MontageTick& montage, std::span<ChannelResult> results) const noexcept {
    montage.status_changed = true;
    for (const Place& place : places_) {
        Status& status = montage.envelope_status[place.channel];
        status = status_[place.lane];
        montage.template_status[place.channel] = template_status_[place.lane];
        if (stale_) {
            status.state = ValueState::invalid;
            status.reason = Reason::stale;
            montage.template_status[place.channel] = status;
        }
        status.quality = quality_[place.lane].index;
        results[place.channel].quality = quality_[place.lane];
        if (!montage.energies.empty()) montage.energies[place.channel].status = status;
    }
}

void StreamLevels::set_spectra(std::span<const SpectrumValue> spectra, MontageTick& montage, std::span<ChannelResult> results) noexcept {
    for (const Place& place : places_) {
        const SpectrumValue& spectrum = spectra[place.lane];
        if (spectrum.n_windows == n_windows_[place.lane]) continue;
        n_windows_[place.lane] = spectrum.n_windows;
        ChannelResult& result = results[place.channel];
        result.mdf_hz = spectrum.valid ? spectrum.mdf_hz : 0.0f;
        result.mnf_hz = spectrum.valid ? spectrum.mnf_hz : 0.0f;
        result.window_rms_uv = spectrum.rms_uv;
        result.n_windows = static_cast<std::uint32_t>(spectrum.n_windows);
        montage.new_windows.push_back(place.channel);
    }
}

}  // namespace tonus
