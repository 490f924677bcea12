#pragma once

#include <string>
#include <vector>

#include "engine/device/stream_info.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// The results as a stream of a recording: float32 at 100 Hz, the columns of the results table without the time,
/// which is the frame's stamp. What is undefined is not a number; states are numbers.
StreamInfo results_stream(const SessionInfo& session);

/// What the numbers of the states mean, as XML for the stream's description.
std::string results_states_xml();

/// Appends the values of a row, in the order of the columns.
void append_results(const SessionInfo& session, const ResultRow& row, std::vector<float>& values);

}  // namespace tonus
