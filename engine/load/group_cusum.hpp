#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/activation/group.hpp"
#include "engine/load/cusum_flag.hpp"

namespace tonus {

/// What engine B needs to know of a montage channel.
struct CusumChannel {
    MuscleClass muscle = MuscleClass::auxiliary;
    double weight = 1.0;
    double rest_uv = 0.0;
    double mvc_uv = 0.0;  ///< bias taken off; 0: no usable reference
    Reason problem = Reason::none;  ///< why it has no usable reference
};

/// The energy of one channel in one tick.
struct ChannelEnergy {
    double energy_uv2 = 0.0;
    std::uint32_t n_valid = 0;
    Status status;  ///< of its envelope: what is missing, and whether it clips
};

/// Engine B on both groups: over when one of them is, unknown when one of them is not known, else
/// under.
///
/// A group's energy is the weighted mean of its channels' powers, never below the square of their
/// mean amplitude, so it errs to over. A group speaks with half of its weight.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 6.4, "Group".
class GroupCusum {
public:
    GroupCusum(std::vector<CusumChannel> channels, CusumFlagConfig config);

    LoadResult process(std::uint64_t tick, std::span<const ChannelEnergy> energies) noexcept;

private:
    struct Channel {
        std::uint32_t index;
        Reason problem;
        double weight, rest_uv2;
        double weight_per_uv2;  // the weight over mvc^2 - rest^2; 0 without a usable reference
    };
    struct Group {
        CusumFlag flag;
        std::vector<Channel> channels = {};  // none: not planned
        double weight = 0.0;                 // of them all
        LoadResult last = {};
    };
    EnergyLoad energy_of(const Group& group, std::uint64_t tick, std::span<const ChannelEnergy> energies) const noexcept;

    double tick_samples_;
    std::array<Group, 2> groups_;  // local, global
    bool on_ = false;
};

}  // namespace tonus
