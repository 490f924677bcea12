#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <vector>

#include "engine/pipeline/run.hpp"

namespace tonus {

/// Called with every conditioned sample of a channel in the order of time.
/// @param channel  position in the session
using SampleVisit = std::function<void(std::size_t channel, float sample_uv, bool valid)>;

/// How a run over a recording is watched and ended.
struct RunControl {
    ProgressCallback progress = {};
    const std::atomic<bool>* stop = nullptr;
};

/// Runs recordings through the chain for their conditioned samples. Those of a long gap come too, as
/// 0 and not valid, so that a count of the calls is the place in the recording.
/// Throws Error as run_offline() does.
RunSummary visit_samples(std::span<Device* const> devices, const Session& session, const SampleVisit& visit, const RunControl& control);

/// The rate of the samples of each channel of a session.
std::vector<Rate> channel_rates(std::span<Device* const> devices, const Session& session);

}  // namespace tonus
