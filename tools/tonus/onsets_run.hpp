#pragma once

#include <functional>
#include <string>

#include "engine/load/contractions.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {

/// Reads a recording twice, for the baselines and for the contractions, and writes these down.
/// @param reopen  opens the recording from its beginning
/// Throws Error when no channel has a baseline.
void write_onsets(const std::function<Sources()>& reopen, const std::string& path, OnsetMethod method, const Voice& voice);

}  // namespace tonus::cli
