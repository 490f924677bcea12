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
    : status_(n_lanes), template_status_(n_lanes), quality_(n_lanes), uncombed_uv_(n_lanes, 0.0f) {
    for (std::size_t m = 0; m < places.size(); ++m) {
        if (places[m].stream != stream) continue;
        const Place place{m, places[m].lane};
        places_.push_back(place);
        const bool goes_on = !runs_.empty() && place.channel == runs_.back().channel + runs_.back().n && place.lane == runs_.back().lane + runs_.back().n;
        if (goes_on) ++runs_.back().n;
        else runs_.push_back({place.channel, place.lane, 1});
    }
}

void StreamLevels::put(std::span<const float> lanes, std::span<float> channels) const noexcept {
    for (const Run& run : runs_) std::copy_n(lanes.data() + run.lane, run.n, channels.data() + run.channel);
}

void StreamLevels::take(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope, std::int64_t arrival_ns,
                        MontageTick& montage) noexcept {
    put(envelope.value, montage.envelope_uv);
    for (const Run& run : runs_) {
        for (std::size_t k = 0; k < run.n && !montage.energies.empty(); ++k) {
            ChannelEnergy& of = montage.energies[run.channel + k];
            of.energy_uv2 = energy.energy_uv2[run.lane + k];
            of.n_valid = energy.counts[run.lane + k].n_valid;
        }
    }
    changed_ |= renew(status_, envelope.status);
    arrival_ns_ = arrival_ns;
    has_tick_ = true;
}

void StreamLevels::take_template(const Tick<unit::Microvolt>& envelope, MontageTick& montage) noexcept {
    put(envelope.value, montage.template_uv);
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
    set_spectra(chain.spectrum(), montage, results);
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

void StreamLevels::set_spectra(const Spectrum& spectrum, MontageTick& montage, std::span<ChannelResult> results) noexcept {
    const std::uint64_t n_new = spectrum.n_renewed() - n_renewed_;
    if (n_new == 0) return;
    n_renewed_ += n_new;
    // One after the other, unless a window has begun since.
    const bool in_a_row = n_new <= spectrum.renewed_end();
    const std::size_t end = in_a_row ? spectrum.renewed_end() : spectrum.latest().size();
    const std::size_t first = in_a_row ? end - static_cast<std::size_t>(n_new) : 0;
    for (const Place& place : places_) {
        if (place.lane < first || place.lane >= end) continue;
        const SpectrumValue& value = spectrum.latest()[place.lane];
        const auto n_windows = static_cast<std::uint32_t>(value.n_windows);
        ChannelResult& result = results[place.channel];
        if (result.n_windows == n_windows) continue;
        result.mdf_hz = value.valid ? value.mdf_hz : 0.0f;
        result.mnf_hz = value.valid ? value.mnf_hz : 0.0f;
        result.window_rms_uv = value.rms_uv;
        result.n_windows = n_windows;
        montage.new_windows.push_back(place.channel);
    }
}

}  // namespace tonus
