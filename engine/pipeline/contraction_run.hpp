#pragma once

#include <functional>
#include <vector>

#include "engine/load/contractions.hpp"
#include "engine/pipeline/channel_samples.hpp"

namespace tonus {

/// The quietest second of each channel of a session over a whole recording: the baseline of its
/// contractions. Empty for a channel that is never valid for a second on end.
///
/// Memory     seconds of signal, however long the recording.
/// Throws Error as run_offline() does.
std::vector<std::vector<float>> find_baselines(std::span<Device* const> devices, const Session& session, const RunControl& control = {});

/// Called with each contraction as its end is decided, and at the end with those that have none.
using ContractionVisit = std::function<void(std::size_t channel, Rate rate, const Contraction& contraction)>;

/// Finds the contractions of every channel that has a baseline. The detectors are the causal ones,
/// on the conditioned samples of the chain, and so are the times: the band-pass adds the few
/// milliseconds of its own group delay.
///
/// @param baselines  of find_baselines() over the same recording, opened anew
/// Throws Error as run_offline() and the detectors do.
void find_contractions(std::span<Device* const> devices, const Session& session, std::span<const std::vector<float>> baselines,
                       OnsetMethod method, const ContractionVisit& visit, const RunControl& control = {});

}  // namespace tonus
