#pragma once

#include <vector>

#include "engine/activation/cross_talk.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// What each channel would read without its neighbours, by the couplings a session names: a
/// model-based estimate in columns of its own, which no group and no flag ever sees.
///
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 5.5.
class Unmixing {
public:
    /// Throws Error for more than 16 channels.
    explicit Unmixing(const Session& session);

    /// From rms_uv and rms_status of every channel to unmixed_mvc and unmixed_status.
    void process(std::span<ChannelResult> channels) noexcept;

private:
    struct Scale {
        double rest_uv2 = 0.0;
        double per_uv = 0.0;  ///< 1 / maximum, rest taken off in power; 0: no usable reference
        Reason problem = Reason::none;
    };
    std::vector<Scale> scales_;
    std::vector<double> muscle_uv_;
    CrossTalk unmix_;
};

}  // namespace tonus
