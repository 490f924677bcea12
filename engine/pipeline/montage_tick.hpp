#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/load/group_cusum.hpp"

namespace tonus {

/// What the streams say of all channels of the montage at one tick. Side by side, because nearly always
/// nothing but the values is new.
struct MontageTick {
    MontageTick(std::size_t n_channels, bool with_energies)
        : envelope_uv(n_channels, 0.0f),
          template_uv(n_channels, 0.0f),
          envelope_status(n_channels),
          template_status(n_channels),
          energies(with_energies ? n_channels : 0) {
        new_windows.reserve(n_channels);
    }

    std::uint64_t index = 0;
    std::int64_t arrival_ns = 0;
    std::vector<float> envelope_uv;
    std::vector<float> template_uv;             ///< of ECG path B, where it is on
    std::vector<Status> envelope_status;
    std::vector<Status> template_status;
    bool status_changed = true;                 ///< false: every status is that of the tick before
    bool is_estimate = false;                   ///< the body is vibrated
    std::vector<ChannelEnergy> energies;        ///< for flag engine B; else empty
    std::vector<std::size_t> new_windows;       ///< channels with another window of their spectrum

    Tick<unit::Microvolt> envelope() const noexcept { return {index, envelope_uv, envelope_status}; }
    Tick<unit::Microvolt> by_template() const noexcept { return {index, template_uv, template_status}; }
};

}  // namespace tonus
