#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/pipeline/emg_chain.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/montage_tick.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// What one EMG stream said last, put where the montage has its channels. Values at every tick; what
/// seldom changes, statuses, quality and spectra, when it did.
///
/// Real time  everything but the constructor does not allocate, lock, throw or call the system.
class StreamLevels {
public:
    /// @param places  of all channels of the montage; those in other streams are not its own
    StreamLevels(std::size_t stream, std::size_t n_lanes, std::span<const ChannelPlace> places);

    void take(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope, std::int64_t arrival_ns, MontageTick& montage) noexcept;
    void take_template(const Tick<unit::Microvolt>& envelope, MontageTick& montage) noexcept;
    void take_uncombed(const Tick<unit::Microvolt>& envelope) noexcept;

    float uncombed_uv(std::size_t lane) const noexcept { return uncombed_uv_[lane]; }

    /// Adds to a tick of the montage what else there is to say now.
    void finish(const EmgChain& chain, MontageTick& montage, std::span<ChannelResult> results) noexcept;

private:
    struct Place {
        std::size_t channel, lane;
    };
    struct Run {  // of places side by side in both, as nearly always all are
        std::size_t channel, lane, n;
    };
    void put(std::span<const float> lanes, std::span<float> channels) const noexcept;
    void set_status(MontageTick& montage, std::span<ChannelResult> results) const noexcept;
    void set_spectra(const Spectrum& spectrum, MontageTick& montage, std::span<ChannelResult> results) noexcept;

    std::vector<Place> places_;
    std::vector<Run> runs_;  // the same
    // Per lane, as it came last.
    std::vector<Status> status_, template_status_;
    std::vector<Quality> quality_;
    std::vector<float> uncombed_uv_;
    bool changed_ = true;  // a status, since finish()
    bool stale_ = true;
    bool vibrates_ = false;
    bool has_tick_ = false;
    std::uint64_t n_renewed_ = 0;  // spectra
    std::int64_t arrival_ns_ = 0;
};

}  // namespace tonus
