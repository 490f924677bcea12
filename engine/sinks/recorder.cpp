#include "engine/sinks/recorder.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/xdf_arrivals.hpp"
#include "engine/formats/xdf_blocks.hpp"
#include "engine/sinks/events_file.hpp"
#include "engine/sinks/results_stream.hpp"

namespace tonus {
namespace {

constexpr double kRingS = 30.0;  // design, "Threads"

// A sink is asked every 20 ms: every other time it writes, so that a kill costs 40 ms and not 100.
constexpr std::int64_t kFlushEveryNs = 30'000'000;
// A block holds no more, however late it is written: it is what one flaw can cost.
constexpr std::int64_t kBlockNs = 90'000'000;

constexpr double kSecondsLeast = 60.0;
constexpr double kSecondsWarned = 600.0;
constexpr double kSecondsLate = 0.5;
constexpr std::int64_t kRoomEveryNs = 10'000'000'000;

double seconds_of(std::int64_t ns) noexcept { return static_cast<double>(ns) * 1e-9; }

std::string datetime(std::int64_t wall_ns) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(wall_ns / 1'000'000'000)));
}

std::string origin_xml(std::size_t device, GapCause jump_cause) {
    return fmt::format("<recorded><device>{}</device><jump_cause>{}</jump_cause></recorded>", device, gap_cause_name(jump_cause));
}

}  // namespace

Recorder::Recorder(Files& files, Clock& clock, const std::string& path, RecorderOptions options)
    : clock_(clock), file_(files, clock, path, options.notice), options_(std::move(options)), markers_(options_.markers) {}

void Recorder::listen(std::span<Device* const> devices) {
    for (const Device* device : devices) {
        rings_.push_back(std::make_unique<FrameRing>(device->streams(), kRingS));
        readers_.emplace_back(*rings_.back());
        first_stream_.push_back(streams_.size());
        for (const StreamInfo& info : device->streams()) streams_.emplace_back(info, static_cast<std::uint32_t>(streams_.size() + 1));
    }
}

double Recorder::bytes_per_s(std::span<const StreamInfo> streams) noexcept {
    constexpr double kBlocksPerS = 25.0, kRecordBytes = 300.0, kStreamBytes = 180.0, kResultBytes = 20'000.0;
    double bytes = kResultBytes + kBlocksPerS * kRecordBytes;
    for (const StreamInfo& stream : streams) bytes += stream.rate.hz() * static_cast<double>(stream.frame_bytes() + 1) + kBlocksPerS * kStreamBytes;
    return bytes;
}

void Recorder::begin(const SessionInfo& session) {
    session_ = session;
    for (const StreamInfo& stream : session.streams) stream_names_.push_back(stream.name);
    for (const SessionInfo::Channel& channel : session.channels) channel_names_.push_back(channel.name);
    results_ = results_stream(session);
    auto id = static_cast<std::uint32_t>(streams_.size());
    for (Counted* counted : {&result_count_, &arrival_count_, &event_count_}) counted->id = ++id;
    integrity_id_ = ++id;

    ask_for_room();
    const double room_s = room_s_, left_s = room_s < 0.0 ? kSecondsWarned : room_s;
    if (left_s < kSecondsLeast) {
        throw run_error(fmt::format("recording: the disk has room for {:.0f} s of these streams; make room for {:.0f} s at least, or record elsewhere",
                                    left_s, kSecondsLeast));
    }
    if (left_s < kSecondsWarned && options_.notice) options_.notice(fmt::format("the disk has room for {:.0f} min of recording", left_s / 60.0));
    file_.begin({.chunks = header(), .integrity_id = integrity_id_, .event_id = event_count_.id, .account = account()});
    flushed_at_ns_ = clock_.now_ns();
    publish();
}

void Recorder::ask_for_room() {
    room_asked_at_ns_ = clock_.now_ns();
    const std::optional<std::uint64_t> n_free = options_.free_bytes ? options_.free_bytes() : std::nullopt;
    if (n_free) room_s_ = static_cast<double>(*n_free) / bytes_per_s(session_.streams);
}

/// What status() tells. What is written or safe now stays so while this thread waits for the disk.
void Recorder::publish() {
    const std::int64_t now_ns = clock_.now_ns();
    if (file_.is_written()) written_until_ns_ = flushed_at_ns_;
    safe_until_ns_ = file_.is_safe() ? flushed_at_ns_ : file_.synced_until_ns();
    n_bytes_ = file_.n_bytes();
    state_ = file_.is_broken() ? RecorderStatus::State::failed : file_.is_full() ? RecorderStatus::State::waiting : RecorderStatus::State::well;
    if (now_ns - room_asked_at_ns_ >= kRoomEveryNs) ask_for_room();
}

RecorderStatus Recorder::status() const noexcept {
    const std::int64_t now_ns = clock_.now_ns();
    RecorderStatus status{.state = state_, .n_bytes = n_bytes_, .unwritten_s = seconds_of(now_ns - written_until_ns_), .unsafe_s = seconds_of(now_ns - safe_until_ns_)};
    if (status.state == RecorderStatus::State::well && status.unwritten_s > kSecondsLate) status.state = RecorderStatus::State::late;
    if (room_s_ >= 0.0 && status.state != RecorderStatus::State::waiting) status.room_s = room_s_;
    return status;
}

std::string Recorder::header() const {
    std::string out;
    formats::append_xdf_begin(out, fmt::format("<datetime>{}</datetime><tonus><devices>{}</devices><session>{}</session></tonus>", datetime(clock_.wall_ns()),
                                               rings_.size(), formats::xml_text(options_.session_text)));
    for (std::size_t s = 0; s < streams_.size(); ++s) {
        const auto after = std::upper_bound(first_stream_.begin(), first_stream_.end(), s);
        const StreamInfo& info = streams_[s].info();
        formats::append_xdf_stream(out, streams_[s].id(), info, origin_xml(static_cast<std::size_t>(after - first_stream_.begin()) - 1, info.jump_cause));
    }
    formats::append_xdf_stream(out, result_count_.id, results_, results_states_xml());
    formats::append_xdf_stream(out, arrival_count_.id, formats::arrivals_stream());
    formats::append_xdf_text_stream(out, event_count_.id, "tonus_events", "Markers");
    formats::append_xdf_text_stream(out, integrity_id_, formats::kIntegrityStream, "Integrity");
    return out;
}

void Recorder::row(const ResultRow& row) noexcept {
    result_count_.n_emitted = row.tick + 1;
    markers_.hear(row);
    if (!file_.has_room()) return;
    append_results(session_, row, rows_.emplace_back(Row{row.tick, {}}).values);
}

void Recorder::event(const Event& event) noexcept {
    ++event_count_.n_emitted;
    if (file_.has_room()) lines_.push_back({event.time_s, event_json(event, stream_names_, channel_names_)});
}

void Recorder::idle(double, std::uint64_t) noexcept {
    drain_rings();
    if (clock_.now_ns() - flushed_at_ns_ >= kFlushEveryNs) close_block();
    file_.step();
    publish();
}

void Recorder::drain_rings(bool without_room) {
    for (std::size_t device = 0; device < readers_.size(); ++device) {
        while (without_room || file_.has_room()) {
            const std::optional<FrameRecord> record = readers_[device].front();
            if (!record) break;
            take(device, *record);
            readers_[device].pop();
        }
    }
}

void Recorder::take(std::size_t device, const FrameRecord& record) {
    const std::int64_t arrival_ns = record.frames.arrival_ns;
    // What waited in the ring is cut by when it came; another device's may begin before it.
    if (block_began_ns_ && (arrival_ns - *block_began_ns_ > kBlockNs || arrival_ns < *block_began_ns_ - kBlockNs)) close_block();
    if (!block_began_ns_) block_began_ns_ = arrival_ns;
    newest_arrival_ns_ = std::max(newest_arrival_ns_, arrival_ns);
    RecordedStream& stream = streams_[first_stream_[device] + record.stream];
    const RecordedStream::Kept kept = stream.take(record, chunks_);
    if (kept.n_frames == 0) return;
    formats::append_arrival({.stream_id = stream.id(), .first_frame = kept.first_frame, .n_frames = kept.n_frames, .arrival_ns = arrival_ns,
                             .after_absence = record.frames.after_absence}, arrivals_);
}

/// The stream whose first frame is the zero of the results' time; nothing before that frame.
const RecordedStream* Recorder::time_stream() const noexcept {
    for (const RecordedStream& stream : streams_) {
        if (stream.info().kind == StreamKind::emg) return stream.has_begun() ? &stream : nullptr;
    }
    return nullptr;
}

void Recorder::take_rows() {
    const RecordedStream* const time = time_stream();
    if (time == nullptr) return;  // its frames are in the ring, and the rows can wait for them
    const std::size_t n_values = results_.channels.size();
    for (std::size_t first = 0; first < rows_.size();) {
        std::vector<float> values;
        std::size_t end = first;
        for (; end < rows_.size() && rows_[end].tick == rows_[first].tick + (end - first); ++end) {
            values.insert(values.end(), rows_[end].values.begin(), rows_[end].values.end());
        }
        const double stamp_s = time->stamp_s(0) + results_.rate.time_s(rows_[first].tick + 1);
        formats::append_xdf_frames(chunks_, result_count_.id, stamp_s, raw_frames(std::span<const float>{values}, n_values));
        first = end;
    }
    result_count_.n += rows_.size();
    rows_.clear();
}

void Recorder::take_markers() {
    while (file_.has_room()) {
        const std::optional<RecordingNote> marker = markers_.next_of_all();
        if (!marker) return;
        ++event_count_.n_emitted;
        lines_.push_back({marker->onset_s, marker_json(*marker)});
    }
}

void Recorder::take_lines(bool last) {
    // Until it is known where the results' time begins the board keeps them.
    if (markers_.knows_zero() || last) take_markers();
    const RecordedStream* const time = time_stream();
    for (const Line& line : lines_) {
        formats::append_xdf_text(chunks_, event_count_.id, line.time_s + (time == nullptr ? 0.0 : time->stamp_s(0)), line.json);
    }
    event_count_.n += lines_.size();
    lines_.clear();
}

formats::IntegrityCount Recorder::Counted::close_block() noexcept {
    formats::IntegrityCount count{.id = id, .first = n_emitted - std::min(n_emitted, n - n_before), .count = n - n_before, .recorded = n, .emitted = n_emitted};
    count.lost[static_cast<std::size_t>(GapCause::overrun)] = n_emitted - n;
    n_before = n;
    return count;
}

formats::Integrity Recorder::account() {
    formats::Integrity account{.wall_ns = clock_.wall_ns(), .monotonic_ns = clock_.now_ns()};
    for (RecordedStream& stream : streams_) account.streams.push_back(stream.close_block());
    for (Counted* counted : {&result_count_, &arrival_count_, &event_count_}) account.streams.push_back(counted->close_block());
    return account;
}

void Recorder::close_block(bool last) {
    for (RecordedStream& stream : streams_) stream.close_chunk(chunks_);
    take_rows();
    take_lines(last);
    const std::size_t n_arrivals = arrivals_.size() / formats::kArrivalColumns;
    formats::append_xdf_frames(chunks_, arrival_count_.id, seconds_of(newest_arrival_ns_), raw_frames(std::span<const double>{arrivals_}, formats::kArrivalColumns));
    arrival_count_.n += n_arrivals;
    arrival_count_.n_emitted += n_arrivals;
    arrivals_.clear();
    flushed_at_ns_ = clock_.now_ns();
    block_began_ns_.reset();
    if (chunks_.empty() && !last) return;
    RecordingBlock block{.at_s = seconds_of(newest_arrival_ns_), .chunks = std::move(chunks_), .account = account()};
    block.account.closed = last;
    file_.add(std::move(block));
    chunks_.clear();
}

void Recorder::end(const RunSummary&) {
    drain_rings(true);  // nothing more will come, so that what waits is no more than memory holds
    close_block();
    for (std::size_t d = 0; d < rings_.size(); ++d) {
        for (std::size_t s = first_stream_[d]; s < streams_.size() && (d + 1 == rings_.size() || s < first_stream_[d + 1]); ++s) {
            streams_[s].end(rings_[d]->overrun_frames(s - first_stream_[d]) - streams_[s].n_overrun_seen());
        }
    }
    for (const RecordedStream& stream : streams_) {
        formats::append_xdf_footer(chunks_, stream.id(), {.first_s = stream.stamp_s(0), .last_s = stream.last_stamp_s(), .n_samples = stream.n_recorded()});
    }
    close_block(true);
    const RecordedStream* const time = time_stream();
    file_.finish(time == nullptr ? 0.0 : time->stamp_s(0));
    publish();
    refuse_silent_loss();
}

/// Frames that came and are not in the file: in its ledger, and said.
void Recorder::refuse_silent_loss() const {
    std::uint64_t n_lost = 0;
    for (const RecordedStream& stream : streams_) n_lost += stream.n_overrun();
    if (n_lost > 0) throw run_error(fmt::format("recording: {} frames came while the disk took nothing and memory was full; the file's ledger has them", n_lost));
}

}  // namespace tonus
