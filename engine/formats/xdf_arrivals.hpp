#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "engine/device/stream_info.hpp"
#include "engine/formats/byte_window.hpp"

namespace tonus::formats {

struct XdfIndex;
struct XdfRun;

/// One read of a stream in a recording of ours: what came together, and when. With it a replay repeats the run.
struct Arrival {
    std::uint32_t stream_id = 0;     ///< in the file
    std::uint64_t first_frame = 0;   ///< lost ones counted
    std::uint64_t n_frames = 0;
    std::int64_t arrival_ns = 0;     ///< since the session began
    bool after_absence = false;      ///< what is missing before it was never on its way
};

inline constexpr std::size_t kArrivalColumns = 5;

/// The stream `tonus_arrivals`: double64, which holds nanoseconds of 100 days exactly.
StreamInfo arrivals_stream();

/// Appends it as a row of that stream.
void append_arrival(const Arrival& arrival, std::vector<double>& values);

/// Gives the rows of the stream one after the other.
class ArrivalRows {
public:
    /// @param runs  where its rows are; they outlive this
    ArrivalRows(InputFile& file, const std::deque<XdfRun>& runs) : bytes_(file), runs_(&runs) {}

    /// The next row that can be; nothing at the end.
    std::optional<Arrival> next();

private:
    ByteWindow bytes_;
    const std::deque<XdfRun>* runs_;
    std::size_t run_ = 0;
    std::uint64_t row_ = 0;  ///< in the run
    std::uint64_t at_ = 0;   ///< of that row
};

/// Gives the frames of a recording of ours the numbers they had: stamps tell only how far apart they are, and the
/// file's first block may be missing.
void number_by_arrivals(InputFile& file, XdfIndex& index);

}  // namespace tonus::formats
