#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tonus {

/// How a recording fares, for the person who watches (reliability 2, "Health").
struct RecorderStatus {
    enum class State {
        well,
        late,     ///< the disk is slow: what waits is older than half a second
        waiting,  ///< the disk is full: data wait in memory
        failed,   ///< nothing can be written
    };
    State state = State::well;
    std::uint64_t n_bytes = 0;             ///< written
    double unwritten_s = 0.0;              ///< age of the oldest data that a kill of the process would cost
    double unsafe_s = 0.0;                 ///< age of the oldest data that a power cut would cost
    std::optional<double> room_s = {};     ///< how long the disk will last; nothing: nobody can say
};

/// "recording 1.2 MB, safe up to 0.3 s ago, room for 14 h".
std::string recorder_text(const RecorderStatus& status);

}  // namespace tonus
