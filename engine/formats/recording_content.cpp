#include "engine/formats/recording_content.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus::formats {
namespace {

constexpr double kNsPerS = 1e9;

void add(ChannelRange& range, const ChannelInfo& info, double raw) noexcept {
    if (!std::isfinite(raw)) {
        ++range.n_missing;
        return;
    }
    const double value = raw * info.scale + info.offset;
    range.least = range.any ? std::min(range.least, value) : value;
    range.most = range.any ? std::max(range.most, value) : value;
    range.raw_least = range.any ? std::min(range.raw_least, raw) : raw;
    range.raw_most = range.any ? std::max(range.raw_most, raw) : raw;
    range.whole = range.whole && raw == std::rint(raw);
    range.any = true;
}

/// When frame 0 of a stream was, by the stamp of the last frame of a push.
double begin_s(const Rate& rate, std::uint64_t first_index, const RawFrames& frames) noexcept {
    return static_cast<double>(frames.arrival_ns) / kNsPerS - rate.time_s(first_index + frames.n_frames - 1);
}

}  // namespace

std::uint64_t StreamContent::n_frames() const noexcept {
    std::uint64_t n = end_index;
    for (const Hole& hole : holes) n -= hole.n_frames;
    return n;
}

ContentSurvey::ContentSurvey(std::span<const StreamInfo> infos) {
    for (const StreamInfo& info : infos) content.streams.push_back({.info = info, .channels = std::vector<ChannelRange>(info.channels.size())});
}

void ContentSurvey::push(std::size_t s, std::uint64_t first_index, RawFrames frames) noexcept {
    StreamContent& stream = content.streams[s];
    const bool first = stream.end_index == 0;
    if (first) stream.begin_s = std::max(0.0, begin_s(stream.info.rate, first_index, frames));
    if (first_index > stream.end_index) stream.holes.push_back({stream.end_index, first_index - stream.end_index});
    stream.end_index = first_index + frames.n_frames;
    for (std::size_t f = 0; f < frames.n_frames; ++f) {
        for (std::size_t c = 0; c < frames.n_channels; ++c) add(stream.channels[c], stream.info.channels[c], frames.at(f, c));
    }
}

SelectingSink::SelectingSink(std::span<const StreamInfo> infos, const Selection& selection, const std::string& path)
    : from_s_(selection.from_s.value_or(0.0)), to_s_(selection.to_s), lanes_(infos.size()) {
    if (to_s_ && *to_s_ <= from_s_) throw usage_error(fmt::format("{}: nothing lies between {} s and {} s", path, from_s_, *to_s_));
    std::string names;
    for (const StreamInfo& info : infos) names += (names.empty() ? "" : ", ") + info.name;
    for (const std::string& wanted : selection.streams) {
        const bool there = std::any_of(infos.begin(), infos.end(), [&](const StreamInfo& info) { return info.name == wanted; });
        if (!there) throw usage_error(fmt::format("{}: there is no stream '{}'; streams are: {}", path, wanted, names));
    }
    for (std::size_t s = 0; s < infos.size(); ++s) {
        lanes_[s].rate = infos[s].rate;
        const bool wanted = selection.streams.empty() || std::find(selection.streams.begin(), selection.streams.end(), infos[s].name) != selection.streams.end();
        if (!wanted) continue;
        lanes_[s].out = streams_.size();
        streams_.push_back(infos[s]);
    }
}

void SelectingSink::push(std::size_t s, std::uint64_t first_index, RawFrames frames) noexcept {
    Lane& lane = lanes_[s];
    if (!lane.out) return;
    if (!lane.begun) {
        const double begin = begin_s(lane.rate, first_index, frames);
        // Times are decimal numbers people write: a millionth of a frame is no frame.
        const auto frame_at = [&](double s_) { return static_cast<std::uint64_t>(std::max(0.0, std::ceil((s_ - begin) * lane.rate.hz() - 1e-6))); };
        lane.first = frame_at(from_s_);
        lane.end = to_s_ ? frame_at(*to_s_) : std::numeric_limits<std::uint64_t>::max();
        lane.begun = true;
    }
    const std::uint64_t from = std::max(first_index, lane.first), to = std::min(first_index + frames.n_frames, lane.end);
    if (from >= to) return;
    RawFrames part = frames.slice(static_cast<std::size_t>(from - first_index), static_cast<std::size_t>(to - from));
    const double cut_s = lane.rate.time_s(first_index + frames.n_frames - to);  // the stamp is of the last frame
    part.arrival_ns = std::max<std::int64_t>(0, frames.arrival_ns - std::llround((cut_s + from_s_) * kNsPerS));
    sink_->push(*lane.out, from - lane.first, part);
}

std::vector<RecordingNote> SelectingSink::within(const std::vector<RecordingNote>& annotations) const {
    std::vector<RecordingNote> kept;
    for (RecordingNote note : annotations) {
        if (note.onset_s < from_s_ && from_s_ > 0.0) continue;
        if (to_s_ && note.onset_s >= *to_s_) continue;
        note.onset_s -= from_s_;
        kept.push_back(std::move(note));
    }
    return kept;
}

}  // namespace tonus::formats
