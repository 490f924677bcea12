#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sinks/marker_board.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {

/// What of the recordings is played, and how often.
struct Played {
    std::optional<double> from_s = {};
    std::optional<double> to_s = {};
    std::optional<std::uint64_t> rounds = {};  ///< 0: until Ctrl-C
};

/// Opens recordings for a replay. Their markers go to the board as they are read.
/// Throws Error as open_sources() does, and when there is nothing to play in that part.
Sources open_played(const std::vector<std::string>& paths_or_urls, const std::string& session_path, const Played& played, MarkerBoard& board);

}  // namespace tonus::cli
