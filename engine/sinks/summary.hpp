#pragma once

#include <string>

#include "engine/sinks/sink.hpp"

namespace tonus {

/// The account of a session for a person to read: time over the limit, muscles, losses, clocks.
std::string summary_text(const SessionInfo& session, const RunSummary& summary);

/// The same as one JSON object, for scripts. What is undefined is null.
std::string summary_json(const SessionInfo& session, const RunSummary& summary);

}  // namespace tonus
