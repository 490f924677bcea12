#pragma once

#include <functional>
#include <string>

#include "tools/tonus/commands.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {

/// Finds the synergies of a recording and writes them down as CSV, a row per number of synergies
/// tried and channel: n_synergies, chosen (1 for the smallest number that suffices), vaf, channel,
/// channel_vaf, envelopes (mvc or unit_variance), weight_1, weight_2 and so on.
/// Throws Error when the recording is too short or has too few channels.
void write_synergies(Sources sources, const std::string& path, const Voice& voice);

}  // namespace tonus::cli
