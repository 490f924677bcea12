#include "engine/formats/xdf.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/frame_buffer.hpp"
#include "engine/formats/marker_event.hpp"
#include "engine/formats/stream_plan.hpp"
#include "engine/formats/xdf_arrivals.hpp"
#include "engine/formats/xdf_index.hpp"
#include "engine/formats/xdf_vouched.hpp"

namespace tonus::formats {
namespace {

constexpr double kStretchS = 0.1;
constexpr double kRateOffMax = 0.005;  // beyond it the stated rate is remarked on

SampleType sample_type_of(XdfFormat format) {
    switch (format) {
        case XdfFormat::float32: return SampleType::float32;
        case XdfFormat::double64:
        case XdfFormat::int64: return SampleType::float64;
        default: return SampleType::int32;
    }
}

/// A stream and how far it was read.
struct Lane {
    const XdfTrack* track;
    PlannedStream planned;
    ByteWindow bytes;
    bool as_stored = false;   ///< a frame in the file is one of ours, byte for byte
    std::size_t run = 0;
    std::uint64_t frame = 0;  ///< in the run
    std::uint64_t at = 0;     ///< of that frame, in the file
    double last_s = 0.0;      ///< of the frame before, in the stream's clock
};

constexpr std::string_view kMagic = "XDF:";

bool recognises(ByteView head) { return head.text(0, kMagic.size()) == kMagic; }

class XdfReader final : public RecordingReader {
public:
    XdfReader(RecordingFile recording, const ReadOptions& options) : recording_(std::move(recording)) {
        keep_what_is_proved();
        ByteWindow bytes{*recording_.file};
        index_ = read_xdf_index(bytes);
        if (index_.tracks.empty() && !recognises(bytes.at(0, kMagic.size()))) {
            throw input_error(recording_.path + ": is no XDF file: it does not begin with 'XDF:', and no stream was found in it");
        }
        if (!index_.arrivals.empty()) number_by_arrivals(*recording_.file, index_);
        facts_ = {.format = "XDF", .start = index_.head.start, .annotations = index_.markers, .notes = index_.notes,
                  .session = index_.head.session, .n_devices = index_.head.n_devices};
        // Ours count from the beginning of the session, before the first frame: so do their frames' numbers.
        zero_s_ = index_.arrivals.empty() ? index_.start_s : 0.0;
        for (RecordingNote& note : facts_.annotations) note.onset_s += index_.start_s - zero_s_;
        if (options.measured_only && index_.head.is_ours) facts_.annotations = markers_of_run(options);
        plan(options);
        // Arrivals are for a replay, which repeats the run. When a frame was sampled, its stamp says better: the first
        // to arrive was late by its way, and by more of a slow stream than of a fast one.
        if (!index_.arrivals.empty() && options.measured_only) arrivals_.emplace(*recording_.file, index_.arrivals);
        for (const std::string& damage : index_.damages) trouble_ += (trouble_.empty() ? "" : "; ") + damage;
        if (!trouble_.empty()) trouble_ = "damaged: " + trouble_ + "; everything else was read";
        if (!unproved_.empty()) trouble_ = trouble_.empty() ? unproved_ : unproved_ + "; " + trouble_;
    }

    std::span<const StreamInfo> streams() const noexcept override { return infos_; }
    std::string_view trouble() const noexcept override { return trouble_; }
    const RecordingFacts& facts() const noexcept override { return facts_; }
    double progress() const noexcept override {
        return n_frames_ == n_read_ ? 1.0 : static_cast<double>(n_read_) / static_cast<double>(n_frames_);
    }

    bool next(FrameSink& sink) noexcept override {
        try {
            if (push_arrived(sink)) return true;
            Lane* const lane = first_to_end();
            if (lane == nullptr) return false;
            push_stretch(*lane, stretch_frames(*lane), sink);
            return true;
        } catch (const std::exception& error) {
            trouble_ = error.what();
            lanes_.clear();
            n_frames_ = n_read_;
            return false;
        }
    }

private:
    void keep_what_is_proved();
    std::vector<RecordingNote> markers_of_run(const ReadOptions& options) const;
    void plan(const ReadOptions& options);
    bool push_arrived(FrameSink& sink);
    void remark(const XdfTrack& track);
    std::uint64_t stretch_frames(const Lane& lane) const;
    double stretch_end_s(const Lane& lane) const;
    Lane* first_to_end();
    void push_stretch(Lane& lane, std::uint64_t n_frames, FrameSink& sink, const Arrival* arrival = nullptr);
    void read_frame(Lane& lane, const XdfRun& run);

    RecordingFile recording_;
    XdfIndex index_;
    std::vector<Lane> lanes_;
    std::vector<StreamInfo> infos_;
    RecordingFacts facts_;
    std::string unproved_;
    std::string trouble_;
    std::optional<ArrivalRows> arrivals_;
    std::optional<Arrival> arrival_;  ///< being pushed
    FrameBuffer frames_;
    double zero_s_ = 0.0;  ///< of the stamps that are given
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_read_ = 0;
    std::int64_t last_stamp_ns_ = 0;
};

/// Of a recording that proves its blocks, nothing else is read: a wrong sample is worse than a missing one.
void XdfReader::keep_what_is_proved() {
    if (!has_integrity(*recording_.file)) return;
    const VouchedBytes vouched = vouched_bytes(*recording_.file);
    unproved_ = unvouched_text(vouched);
    recording_.file = only_vouched(std::move(recording_.file), vouched);
}

/// What devices remarked during a run, among its other events, which are made anew. They belong to no device,
/// so the first of several has them.
std::vector<RecordingNote> XdfReader::markers_of_run(const ReadOptions& options) const {
    std::vector<RecordingNote> markers;
    if (options.device.value_or(0) != 0) return markers;
    for (const RecordingNote& event : index_.markers) {
        if (std::optional<RecordingNote> marker = read_marker_event(event.text)) markers.push_back(std::move(*marker));
    }
    return markers;
}

void XdfReader::remark(const XdfTrack& track) {
    const XdfStream& stream = track.stream;
    if (stream.name == arrivals_stream().name) return;  // it numbers the others, and no frame of it is pushed
    if (track.n_frames == 0) return add_note(facts_.notes, fmt::format("stream '{}' is empty", stream.name));
    if (!stream.rate || track.runs.empty()) return;
    const double elapsed_s = track.time_s(track.runs.back().last_s) - track.time_s(track.runs.front().first_s);
    const double n_steps = static_cast<double>(track.runs.back().first_index + track.runs.back().n_frames - 1);
    if (elapsed_s < 1.0 || n_steps < 2.0) return;
    const double hz = n_steps / elapsed_s;
    if (std::abs(hz / stream.rate->hz() - 1.0) > kRateOffMax) {
        add_note(facts_.notes, fmt::format("stream '{}' says {:g} Hz; by its stamps it is {:.5g} Hz", stream.name, stream.rate->hz(), hz));
    }
}

/// All channels of the stream in its order, in the type that they have in the file.
bool is_stored_as(const PlannedStream& planned, const XdfStream& stream) {
    const bool same_type = stream.format == XdfFormat::int32 || stream.format == XdfFormat::float32 || stream.format == XdfFormat::double64;
    return same_type && planned.info.type == sample_type_of(stream.format) && planned.signals.size() == stream.channels.size() &&
           std::is_sorted(planned.signals.begin(), planned.signals.end());
}

void XdfReader::plan(const ReadOptions& options) {
    std::vector<SignalGroup> groups;
    std::vector<const XdfTrack*> tracks;
    double end_s = index_.start_s;
    for (const XdfTrack& track : index_.tracks) {
        const std::optional<XdfStream::Origin>& origin = track.stream.origin;
        if (options.measured_only && track.stream.ours && !origin && track.stream.name == "tonus_results") continue;
        if (options.device && (!origin || origin->device != *options.device)) continue;
        remark(track);
        if (!track.stream.rate || track.stream.format == XdfFormat::string) continue;
        groups.push_back({*track.stream.rate, sample_type_of(track.stream.format), track.stream.name, track.stream.channels});
        tracks.push_back(&track);
        if (!track.runs.empty()) end_s = std::max(end_s, track.time_s(track.runs.back().last_s) + track.stream.rate->time_s(1));
    }
    // A device of markers alone has none, and keeps its number all the same.
    if (groups.empty() && options.device && *options.device < index_.head.n_devices) return;
    for (PlannedStream& planned : plan_streams(std::move(groups), options, recording_.path, facts_.notes)) {
        if (planned.info.kind == StreamKind::emg) refuse_other_rate(options, planned.info.rate, recording_.path);
        const XdfTrack* const track = tracks[planned.group];
        if (const auto& origin = track->stream.origin) {
            planned.info.jump_cause = origin->jump_cause;
            planned.info.device_id = origin->device_id;
            planned.info.settings = origin->settings;
        }
        infos_.push_back(planned.info);
        n_frames_ += track->n_frames;
        const bool as_stored = is_stored_as(planned, track->stream);
        lanes_.push_back({.track = track, .planned = std::move(planned), .bytes = ByteWindow{*recording_.file}, .as_stored = as_stored});
    }
    facts_.duration_s = end_s - index_.start_s;
}

std::uint64_t XdfReader::stretch_frames(const Lane& lane) const {
    const StreamInfo& info = lane.planned.info;
    const std::uint64_t n_most = std::clamp<std::uint64_t>(info.rate.frames_in(kStretchS), 1, std::max<std::size_t>(1, limits::kStretchValues / info.channels.size()));
    return std::min(n_most, lane.track->runs[lane.run].n_frames - lane.frame);
}

double XdfReader::stretch_end_s(const Lane& lane) const {
    const bool first = lane.frame == 0;
    const double from_s = first ? lane.track->runs[lane.run].first_s : lane.last_s;
    return lane.track->time_s(from_s) + lane.planned.info.rate.time_s(stretch_frames(lane) - (first ? 1 : 0));
}

Lane* XdfReader::first_to_end() {
    Lane* first = nullptr;
    double least_s = 0.0;
    for (Lane& lane : lanes_) {
        if (lane.run == lane.track->runs.size()) continue;
        const double end_s = stretch_end_s(lane);
        if (first != nullptr && end_s >= least_s) continue;
        first = &lane;
        least_s = end_s;
    }
    return first;
}

/// Adds the frame at lane.at to frames_ and goes on to the next. It was seen whole by the index.
void XdfReader::read_frame(Lane& lane, const XdfRun& run) {
    const XdfStream& stream = lane.track->stream;
    const XdfStamp stamp = read_xdf_stamp(lane.bytes, lane.at).value_or(XdfStamp{.values = lane.at + 1});
    const double expected_s = lane.last_s + stream.rate->time_s(1);
    const bool stamped = stamp.stamp_s && std::abs(*stamp.stamp_s) <= limits::kClockS;
    lane.last_s = lane.frame == 0 ? run.first_s : stamped ? *stamp.stamp_s : expected_s;
    const ByteView frame = lane.bytes.at(stamp.values, stream.frame_bytes());
    if (frame.size() != stream.frame_bytes()) throw input_error("truncated: the file was shortened while it was read");
    if (lane.as_stored) {
        frames_.add_stored(frame.bytes());
    } else {
        for (const std::size_t c : lane.planned.signals) frames_.add(read_xdf_value(frame, c * size_of(stream.format), stream.format));
    }
    lane.at = stamp.values + stream.frame_bytes();
    ++lane.frame;
}

/// As the run took them: read for read, with the stamps of then. False when no more is told of them; what is
/// left is pushed by its time.
bool XdfReader::push_arrived(FrameSink& sink) {
    while (arrivals_ && (arrival_ || (arrival_ = arrivals_->next()))) {
        for (Lane& lane : lanes_) {
            if (lane.track->stream.id != arrival_->stream_id || lane.run == lane.track->runs.size()) continue;
            const std::uint64_t index = lane.track->runs[lane.run].first_index + lane.frame;
            const std::uint64_t end = arrival_->first_frame + arrival_->n_frames;
            if (index >= end) continue;
            push_stretch(lane, std::min(stretch_frames(lane), end - index), sink, &*arrival_);
            return true;
        }
        arrival_.reset();
    }
    return false;
}

void XdfReader::push_stretch(Lane& lane, std::uint64_t n_frames, FrameSink& sink, const Arrival* arrival) {
    const XdfRun& run = lane.track->runs[lane.run];
    if (lane.frame == 0) lane.at = run.at;
    const std::uint64_t first_index = run.first_index + lane.frame;
    frames_.begin(lane.planned.info.type, lane.planned.signals.size());
    for (std::uint64_t f = 0; f < n_frames; ++f) read_frame(lane, run);
    const double elapsed_s = std::clamp(lane.track->time_s(lane.last_s) - zero_s_, 0.0, limits::kEndS);
    const std::int64_t stamp_ns = arrival != nullptr ? arrival->arrival_ns : static_cast<std::int64_t>(elapsed_s * 1e9 + 0.5);
    last_stamp_ns_ = std::max(last_stamp_ns_, stamp_ns);
    RawFrames frames = frames_.frames(last_stamp_ns_);
    frames.after_absence = arrival != nullptr && arrival->after_absence && first_index == arrival->first_frame;
    sink.push(static_cast<std::size_t>(&lane - lanes_.data()), first_index, frames);
    n_read_ += n_frames;
    if (lane.frame < run.n_frames) return;
    lane.frame = 0;
    ++lane.run;
}

std::unique_ptr<RecordingReader> open_xdf(RecordingFile recording, const ReadOptions& options) {
    return std::make_unique<XdfReader>(std::move(recording), options);
}

}  // namespace

const RecordingFormat xdf_format{.name = "XDF", .extensions = ".xdf", .recognises = &recognises, .open = &open_xdf};

}  // namespace tonus::formats
