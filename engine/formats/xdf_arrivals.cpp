#include "engine/formats/xdf_arrivals.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/formats/limits.hpp"
#include "engine/formats/xdf_index.hpp"

namespace tonus::formats {
namespace {

constexpr double kWholeMax = 9007199254740992.0;  // 2^53: every whole number up to it is a double

/// Nothing unless all five are whole numbers that can be.
std::optional<Arrival> arrival_of(const std::array<double, kArrivalColumns>& row) {
    for (const double value : row) {
        if (!(value >= 0.0 && value < kWholeMax) || value != std::floor(value)) return std::nullopt;
    }
    if (row[0] > 4294967295.0 || row[3] < 1.0) return std::nullopt;
    return Arrival{static_cast<std::uint32_t>(row[0]), static_cast<std::uint64_t>(row[1]), static_cast<std::uint64_t>(row[3]),
                   static_cast<std::int64_t>(row[2]), row[4] != 0.0};
}

}  // namespace

StreamInfo arrivals_stream() {
    StreamInfo info{.name = "tonus_arrivals", .kind = StreamKind::other, .rate = {0, 1}, .type = SampleType::float64, .device_id = "tonus_arrivals"};
    for (const char* label : {"stream", "index", "arrival", "frames", "after_absence"}) info.channels.push_back({.label = label, .unit = ""});
    info.channels[2].unit = "ns";
    return info;
}

void append_arrival(const Arrival& arrival, std::vector<double>& values) {
    values.insert(values.end(), {static_cast<double>(arrival.stream_id), static_cast<double>(arrival.first_frame), static_cast<double>(arrival.arrival_ns),
                                 static_cast<double>(arrival.n_frames), arrival.after_absence ? 1.0 : 0.0});
}

std::optional<Arrival> ArrivalRows::next() {
    while (run_ < runs_->size()) {
        const XdfRun& run = (*runs_)[run_];
        if (row_ == 0) at_ = run.at;
        if (row_ == run.n_frames) {
            ++run_;
            row_ = 0;
            continue;
        }
        ++row_;
        const std::optional<XdfStamp> stamp = read_xdf_stamp(bytes_, at_);
        if (!stamp) return std::nullopt;
        const ByteView frame = bytes_.at(stamp->values, kArrivalColumns * sizeof(double));
        at_ = stamp->values + kArrivalColumns * sizeof(double);
        std::array<double, kArrivalColumns> row{};
        for (std::size_t c = 0; c < row.size(); ++c) row[c] = frame.f64(c * sizeof(double)).value_or(-1.0);
        if (const auto arrival = arrival_of(row)) return arrival;
    }
    return std::nullopt;
}

void number_by_arrivals(InputFile& file, XdfIndex& index) {
    std::vector<XdfTrack*> unnumbered;
    for (XdfTrack& track : index.tracks) {
        if (track.stream.origin && !track.runs.empty()) unnumbered.push_back(&track);
    }
    // A stream's first read in the file brought its first frame.
    for (ArrivalRows rows{file, index.arrivals}; !unnumbered.empty();) {
        const std::optional<Arrival> arrival = rows.next();
        if (!arrival) return;
        const auto found = std::find_if(unnumbered.begin(), unnumbered.end(), [&](const XdfTrack* track) { return track->stream.id == arrival->stream_id; });
        if (found == unnumbered.end()) continue;
        // Only what a session can have come to: readers and writers count the frames before it as lost.
        const bool believed = (*found)->stream.rate->time_s(arrival->first_frame) < limits::kGapS;
        for (XdfRun& run : (*found)->runs) run.first_index += believed ? arrival->first_frame : 0;
        unnumbered.erase(found);
    }
}

}  // namespace tonus::formats
