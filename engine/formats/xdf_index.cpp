#include "engine/formats/xdf_index.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/xdf_arrivals.hpp"
#include "engine/formats/xdf_chunks.hpp"
#include "engine/formats/xdf_integrity.hpp"

namespace tonus::formats {
namespace {

// Stamps of a network jitter, and bursts of a radio come late by up to a fifth of a second: only a
// longer leap is a hole. Our own stamps are exact.
constexpr double kJitterS = 0.25;

bool is_clock_time(double s) noexcept { return std::abs(s) <= limits::kClockS; }  // false for NaN

/// How a replay repeats the run (xdf_arrivals.hpp).
bool is_arrivals(const XdfStream& stream) {
    return stream.name == "tonus_arrivals" && stream.format == XdfFormat::double64 && !stream.rate && stream.channels.size() == kArrivalColumns;
}

/// A sample that comes when it comes.
struct Marker {
    std::size_t track;
    double stamp_s;
    std::string text;
};

/// One pass over the file.
class Pass {
public:
    explicit Pass(ByteWindow& bytes) : bytes_(&bytes), chunks_(bytes) {}

    XdfIndex index() {
        while (const std::optional<XdfChunk> chunk = chunks_.next()) take(*chunk);
        index_.damages.insert(index_.damages.end(), chunks_.damages().begin(), chunks_.damages().end());
        for (std::size_t t = 0; t < index_.tracks.size(); ++t) index_.tracks[t].clock = XdfClock{open_[t].offsets};
        order_frames();
        order_markers();
        return std::move(index_);
    }

private:
    /// What is only needed while the file is gone through.
    struct Open {
        // What take_frame() needs of the stream, which it is asked for each of some ten million frames an hour.
        bool holds_arrivals = false, has_numbers_in_time = false;
        double step_s = 0.0, jitter_s = 0.0;
        std::size_t frame_bytes = 0;  // 0: texts

        double last_s = 0.0;
        std::vector<XdfClock::Offset> offsets;
    };

    static Open opened(const XdfStream& stream);
    void take(const XdfChunk& chunk);
    void take_header(const XdfChunk& chunk);
    void take_offset(const XdfChunk& chunk);
    void take_samples(const XdfChunk& chunk);
    std::optional<std::uint64_t> take_frame(std::size_t track, std::uint64_t at, std::uint64_t end, bool new_run);
    void take_marker(std::size_t track, double stamp_s, std::uint64_t values, std::uint64_t end);
    std::optional<std::uint64_t> values_end(const XdfStream& stream, std::uint64_t at, std::uint64_t end);
    std::optional<std::size_t> track_of(const XdfChunk& chunk, const char* what);
    std::string_view xml_of(const XdfChunk& chunk, std::uint64_t n_before);
    void order_frames();
    void order_markers();
    void damage(std::string text) {
        if (index_.damages.size() < limits::kNotes) index_.damages.push_back(std::move(text));
    }

    ByteWindow* bytes_;
    XdfChunks chunks_;
    XdfIndex index_;
    std::vector<Open> open_;
    std::map<std::uint32_t, std::size_t> tracks_by_id_;
    std::vector<Marker> markers_;
    std::size_t n_runs_ = 0;
};

void Pass::take(const XdfChunk& chunk) {
    switch (chunk.tag) {
        case XdfTag::file_header:
            if (index_.head.start.empty()) index_.head = read_xdf_head(xml_of(chunk, 0));
            break;
        case XdfTag::stream_header: take_header(chunk); break;
        case XdfTag::samples: take_samples(chunk); break;
        case XdfTag::clock_offset: take_offset(chunk); break;
        case XdfTag::boundary: break;
        case XdfTag::stream_footer: break;  // what it says is counted again, and sometimes wrong in it
    }
}

std::string_view Pass::xml_of(const XdfChunk& chunk, std::uint64_t n_before) {
    const std::uint64_t n_bytes = chunk.end - chunk.content;
    if (n_bytes < n_before || n_bytes > limits::kXmlBytes) return {};
    return bytes_->at(chunk.content + n_before, static_cast<std::size_t>(n_bytes - n_before)).text();
}

Pass::Open Pass::opened(const XdfStream& stream) {
    const double step_s = stream.rate ? stream.rate->time_s(1) : 0.0;
    return {.holds_arrivals = is_arrivals(stream), .has_numbers_in_time = stream.rate && stream.format != XdfFormat::string, .step_s = step_s,
            .jitter_s = stream.ours ? 0.5 * step_s : std::max(kJitterS, 0.5 * step_s),
            .frame_bytes = stream.format == XdfFormat::string ? 0 : stream.frame_bytes(), .offsets = {}};
}

void Pass::take_header(const XdfChunk& chunk) {
    const auto id = bytes_->at(chunk.content, 4).u32(0);
    if (!id || chunk.cut) return;
    try {
        if (index_.tracks.size() >= limits::kStreams) throw input_error(fmt::format("is beyond the {} that are read", limits::kStreams));
        XdfStream stream = read_xdf_stream(*id, xml_of(chunk, 4), index_.notes);
        if (tracks_by_id_.count(*id) > 0) return add_note(index_.notes, fmt::format("stream {} is described twice; the first is taken", *id));
        tracks_by_id_[*id] = index_.tracks.size();
        index_.tracks.push_back({.stream = std::move(stream)});
        open_.push_back(opened(index_.tracks.back().stream));
    } catch (const Error& error) {
        damage(fmt::format("byte {}: the header of stream {} {}; the stream is left out", chunk.at, *id, error.what()));
    }
}

std::optional<std::size_t> Pass::track_of(const XdfChunk& chunk, const char* what) {
    const auto id = bytes_->at(chunk.content, 4).u32(0);
    const auto found = id ? tracks_by_id_.find(*id) : tracks_by_id_.end();
    if (found != tracks_by_id_.end()) return found->second;
    if (id) damage(fmt::format("byte {}: {} of stream {}, which has no header before them, are left out", chunk.at, what, *id));
    return std::nullopt;
}

void Pass::take_offset(const XdfChunk& chunk) {
    const std::optional<std::size_t> track = track_of(chunk, "clock offsets");
    if (!track || chunk.end - chunk.content < 20 || open_[*track].offsets.size() >= limits::kClockOffsets) return;
    const ByteView view = bytes_->at(chunk.content + 4, 16);
    const double at_s = view.f64(0).value_or(NAN), offset_s = view.f64(8).value_or(NAN);
    if (is_clock_time(at_s) && is_clock_time(offset_s)) open_[*track].offsets.push_back({at_s, offset_s});
    else damage(fmt::format("byte {}: a clock offset that cannot be is left out", chunk.at));
}

void Pass::take_samples(const XdfChunk& chunk) {
    const std::optional<std::size_t> track = track_of(chunk, "samples");
    if (!track) return;
    const std::optional<XdfLength> count = read_xdf_length(*bytes_, chunk.content + 4);
    std::uint64_t at = count ? chunk.content + 4 + count->n_bytes : chunk.end;
    const std::uint64_t n_stated = count ? count->value : 0;
    std::uint64_t n = 0;
    for (; n < n_stated && at < chunk.end; ++n) {
        const std::optional<std::uint64_t> end = take_frame(*track, at, chunk.end, n == 0);
        if (!end) break;
        at = *end;
    }
    if (chunk.cut || (count && n == n_stated && at == chunk.end)) return;
    damage(fmt::format("byte {}: a chunk says {} samples and {} of its bytes are no whole ones", chunk.at, n_stated, chunk.end - at));
    chunks_.distrust(chunk, at);
}

/// The end of the values that begin at `at`; nothing when they reach beyond `end`.
std::optional<std::uint64_t> Pass::values_end(const XdfStream& stream, std::uint64_t at, std::uint64_t end) {
    if (stream.format != XdfFormat::string) {
        const std::uint64_t n_bytes = stream.frame_bytes();
        return at <= end && end - at >= n_bytes ? std::optional{at + n_bytes} : std::nullopt;
    }
    for (std::size_t c = 0; c < stream.channels.size(); ++c) {
        const std::optional<XdfLength> length = read_xdf_length(*bytes_, at);
        if (!length || at + length->n_bytes > end || length->value > end - at - length->n_bytes) return std::nullopt;
        at += length->n_bytes + length->value;
    }
    return at;
}

/// Takes the frame at `at`; gives where the next one begins, nothing when it is not whole.
std::optional<std::uint64_t> Pass::take_frame(std::size_t t, std::uint64_t at, std::uint64_t end, bool new_run) {
    XdfTrack& track = index_.tracks[t];
    const std::optional<XdfStamp> stamp = read_xdf_stamp(*bytes_, at);
    if (!stamp) return std::nullopt;
    Open& open = open_[t];
    const bool fits = stamp->values <= end && end - stamp->values >= open.frame_bytes;
    const std::optional<std::uint64_t> next = open.frame_bytes == 0 ? values_end(track.stream, stamp->values, end) : fits ? std::optional{stamp->values + open.frame_bytes} : std::nullopt;
    if (!next) return std::nullopt;
    const double expected_s = open.last_s + open.step_s;
    const double stamp_s = stamp->stamp_s && is_clock_time(*stamp->stamp_s) ? *stamp->stamp_s : expected_s;
    open.last_s = stamp_s;
    if (open.holds_arrivals) {
        if (new_run) index_.arrivals.push_back({.at = at});
        ++index_.arrivals.back().n_frames;
        return next;
    }
    if (!open.has_numbers_in_time) {
        take_marker(t, stamp_s, stamp->values, *next);
        return next;
    }
    if (new_run || std::abs(stamp_s - expected_s) > open.jitter_s) {
        if (++n_runs_ > limits::kXdfRuns) throw input_error(fmt::format("byte {}: more pieces than the {} that are read", at, limits::kXdfRuns));
        track.runs.push_back({.at = at, .first_s = stamp_s});
    }
    XdfRun& run = track.runs.back();
    run.last_s = stamp_s;
    ++run.n_frames;
    ++track.n_frames;
    return next;
}

void Pass::take_marker(std::size_t t, double stamp_s, std::uint64_t values, std::uint64_t end) {
    const XdfStream& stream = index_.tracks[t].stream;
    ++index_.tracks[t].n_frames;
    // Tonus' own bookkeeping is for whoever verifies the file.
    if (stream.name == kIntegrityStream || markers_.size() >= limits::kAnnotations) return;
    std::string text;
    if (stream.format != XdfFormat::string) {
        const ByteView frame = bytes_->at(values, stream.frame_bytes());
        text = stream.name + ":";
        for (std::size_t c = 0; c < stream.channels.size() && text.size() < limits::kAnnotationBytes; ++c) {
            text += fmt::format(" {:g}", read_xdf_value(frame, c * size_of(stream.format), stream.format));
        }
    }
    for (std::uint64_t at = values; stream.format == XdfFormat::string && at < end && text.size() < limits::kAnnotationBytes;) {
        const XdfLength length = read_xdf_length(*bytes_, at).value_or(XdfLength{0, end - at});
        const auto n_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(length.value, limits::kAnnotationBytes));
        text += (text.empty() ? "" : ", ") + std::string{bytes_->at(at + length.n_bytes, n_bytes).text()};
        at += length.n_bytes + length.value;
    }
    markers_.push_back({t, stamp_s, clean_text(text, limits::kAnnotationBytes)});
}

/// Puts the runs in the order of time and numbers their frames; what is missing between them is a jump.
void Pass::order_frames() {
    bool any = false;
    for (XdfTrack& track : index_.tracks) {
        std::stable_sort(track.runs.begin(), track.runs.end(), [&](const XdfRun& a, const XdfRun& b) {
            return track.time_s(a.first_s) < track.time_s(b.first_s);
        });
        std::uint64_t next_index = 0;
        double last_s = 0.0;
        for (std::size_t i = 0; i < track.runs.size(); ++i) {
            XdfRun& run = track.runs[i];
            const double first_s = track.time_s(run.first_s), step_s = track.stream.rate->time_s(1);
            // Ours are numbered by stamps as they were written: those corrected by a clock's drift bend a long hole.
            const double since_s = track.stream.ours ? run.first_s : first_s;
            const double missing_s = i == 0 ? 0.0 : since_s - last_s - step_s;
            const double jitter_s = track.stream.ours ? 0.5 * step_s : std::max(kJitterS, 0.5 * step_s);
            const bool believed = missing_s < limits::kGapS && track.stream.rate->time_s(next_index) < limits::kEndS;
            if (missing_s > jitter_s && believed) next_index += track.stream.rate->frames_in(missing_s);
            run.first_index = next_index;
            next_index += run.n_frames;
            last_s = track.stream.ours ? run.last_s : track.time_s(run.last_s);
        }
        if (track.runs.empty()) continue;
        const double first_s = track.time_s(track.runs.front().first_s);
        index_.start_s = any ? std::min(index_.start_s, first_s) : first_s;
        any = true;
    }
    if (any || markers_.empty()) return;
    index_.start_s = index_.tracks[markers_[0].track].time_s(markers_[0].stamp_s);
}

void Pass::order_markers() {
    for (Marker& marker : markers_) {
        index_.markers.push_back({.onset_s = index_.tracks[marker.track].time_s(marker.stamp_s) - index_.start_s, .text = std::move(marker.text)});
    }
    std::stable_sort(index_.markers.begin(), index_.markers.end(),
                     [](const RecordingNote& a, const RecordingNote& b) { return a.onset_s < b.onset_s; });
}

}  // namespace

std::optional<XdfStamp> read_xdf_stamp(ByteWindow& bytes, std::uint64_t at) {
    const ByteView view = bytes.at(at, 9);
    const auto n_bytes = view.u8(0);
    if (n_bytes == 0) return XdfStamp{.values = at + 1};
    if (n_bytes != 8 || !view.f64(1)) return std::nullopt;
    return XdfStamp{view.f64(1), at + 9};
}

double read_xdf_value(const ByteView& frame, std::size_t at, XdfFormat format) noexcept {
    switch (format) {
        case XdfFormat::float32: return static_cast<double>(frame.f32(at).value_or(0.0f));
        case XdfFormat::double64: return frame.f64(at).value_or(0.0);
        case XdfFormat::int8: return static_cast<std::int8_t>(frame.u8(at).value_or(0));
        case XdfFormat::int16: return frame.i16(at).value_or(0);
        case XdfFormat::int32: return frame.i32(at).value_or(0);
        case XdfFormat::int64: return static_cast<double>(frame.i64(at).value_or(0));
        case XdfFormat::string: break;
    }
    return 0.0;
}

XdfIndex read_xdf_index(ByteWindow& bytes) { return Pass{bytes}.index(); }

}  // namespace tonus::formats
