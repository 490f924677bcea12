#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/activation/group.hpp"
#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"

namespace tonus {

/// The activation of a group as a fraction of MVC, with what is known of its error.
struct GroupEstimate {
    bool planned = false;      ///< the montage has channels of this class
    bool valid = false;        ///< at least half of their weight is valid
    bool saturated = false;    ///< a channel clips: the true value is higher
    Reason reason = Reason::no_group;  ///< why it is not valid
    float value = 0.0f;
    float low = 0.0f, high = 0.0f;     ///< 95 % interval, statistics and reference only
    float confidence = 0.0f;   ///< 0 to 1: site fidelity times signal quality (domain 1.4)
};

/// Local over global, with a 95 % interval. Not valid where it would say nothing.
struct RatioEstimate {
    bool valid = false;
    float value = 0.0f, low = 0.0f, high = 0.0f;
};

struct GroupTick {
    std::uint64_t index = 0;
    GroupEstimate local;   ///< by proxy: skin electrodes cannot isolate deep muscles
    GroupEstimate global;
    RatioEstimate ratio;
};

struct ActivationConfig {
    std::vector<ChannelRole> roles;  ///< one per channel
    double window_s = 0.25;          ///< of the envelope: its length sets the error
};

/// Gathers channels into local (proxy) and global activation, their ratio and confidence.
///
/// Input      fractions of MVC per channel every 10 ms.
/// Output     weighted means of the valid channels. The ratio is undefined when the global group
///            is under 2 %, both together under 4 %, or one of them is not valid.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 1.4, 5.2, 5.3.
class Activation {
public:
    explicit Activation(ActivationConfig config);

    /// @param status_changed  false: every status is that of the last call, and only values are new
    GroupTick process(const Tick<unit::Mvc>& activation, bool status_changed = true) noexcept;

private:
    struct Channel {
        std::size_t index;
        ChannelRole role;
        double relative_variance;  // of its a (domain 5.2)
    };
    struct Member {
        std::size_t index;
        double weight, relative_variance;
    };
    struct Group {
        std::vector<Channel> channels;  // of the class
        // What hangs on the statuses alone.
        std::vector<Member> members;    // those that are valid come first
        std::size_t n_members = 0;
        double weight = 0.0;            // of them
        GroupEstimate known = {};       // all but the values
    };
    struct Level {
        GroupEstimate estimate;
        double relative_variance = 0.0;
    };
    static void take_status(Group& group, std::span<const Status> status) noexcept;
    static Level level_of(const Group& group, std::span<const float> activation) noexcept;

    Group local_, global_;
};

}  // namespace tonus
