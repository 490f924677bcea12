#include "engine/sinks/recording_file.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "engine/core/crc32c.hpp"
#include "engine/core/error.hpp"
#include "engine/core/file_error.hpp"
#include "engine/formats/xdf_blocks.hpp"

namespace tonus {
namespace {

constexpr std::int64_t kSyncEveryNs = 400'000'000;  // with the steps' own 20 ms well under the 500 of the design
constexpr std::int64_t kRetryEveryNs = 250'000'000;
constexpr int kSegmentsMax = 99;

// Kept for the end: its account takes 200 bytes a stream.
constexpr std::uint64_t kEndRoomBytes = std::uint64_t{64} << 10;
// Asked for ahead, because each asking is a call: several blocks.
constexpr std::uint64_t kRoomStepBytes = std::uint64_t{64} << 10;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text.data(), text.size()}); }

bool means_full(int error_number) noexcept { return error_number == ENOSPC || error_number == EDQUOT; }

/// "squat.xdf" as "squat-2.xdf".
std::string segment_path(const std::string& path, int segment) {
    if (segment == 1) return path;
    const std::size_t slash = path.rfind('/'), dot = path.rfind('.');
    const bool has_ending = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    const std::size_t at = has_ending ? dot : path.size();
    return fmt::format("{}-{}{}", path.substr(0, at), segment, path.substr(at));
}

}  // namespace

RecordingFile::RecordingFile(Files& files, Clock& clock, std::string path, std::function<void(const std::string&)> notice)
    : files_(files), clock_(clock), base_path_(std::move(path)), path_(base_path_), notice_(std::move(notice)) {
    if (files_.exists(path_)) throw usage_error(path_ + ": exists already and is not overwritten; choose another name");
}

void RecordingFile::begin(Head head) {
    head_ = std::move(head);
    open_segment();
}

/// Two blocks at once: the headers, and behind them their copy, so that a flaw in the first costs nothing.
/// They last before any sample is written.
void RecordingFile::open_segment() {
    file_ = files_.create(path_, IfExists::fail);
    std::string out = closed_block({.chunks = head_.chunks, .account = head_.account}, 0, 0);
    RecordingBlock copy{.account = head_.account};
    formats::append_xdf_text(copy.chunks, head_.integrity_id, 0.0, formats::first_block_copy(head_.chunks));
    out += closed_block(copy, out.size(), 1);
    for (const WriteResult result : {file_->write(bytes_of(out)), file_->sync()}) {
        if (result.ok()) continue;
        throw run_error(fmt::format("{}: cannot be written ({}); record to another disk", path_, error_text(result.error_number)));
    }
    n_bytes_before_ += n_written_;
    n_written_ = out.size();
    room_until_ = n_written_;
    n_blocks_ = 2;
    synced_at_ns_ = clock_.now_ns();
    disk_ = Disk::well;
}

std::string RecordingFile::closed_block(const RecordingBlock& block, std::uint64_t at, std::uint64_t number) const {
    std::string out = block.chunks;
    formats::append_xdf_boundary(out);
    formats::Integrity record = block.account;
    record.block = number;
    record.from = at;
    record.n_bytes = out.size();
    record.crc32c = crc32c(bytes_of(out));
    formats::append_xdf_integrity(out, head_.integrity_id, block.at_s, record);
    return out;
}

void RecordingFile::add(RecordingBlock block) {
    n_bytes_held_ += block.chunks.size();
    waiting_.push_back(std::move(block));
}

void RecordingFile::step() {
    if (disk_ != Disk::well && clock_.now_ns() < retry_at_ns_) return;
    if (disk_ == Disk::broken) go_on_elsewhere();
    if (disk_ != Disk::broken) write_waiting();
    if (disk_ != Disk::broken && clock_.now_ns() - synced_at_ns_ >= kSyncEveryNs) sync();
}

bool RecordingFile::write(const RecordingBlock& block) {
    const std::string out = closed_block(block, n_written_, n_blocks_);
    WriteResult result = make_room(out.size());
    if (result.ok()) result = file_->write(bytes_of(out));
    if (!result.ok()) {
        fail(result.error_number);
        return false;
    }
    n_written_ += out.size();
    ++n_blocks_;
    written_until_s_ = block.at_s;
    return true;
}

/// For these bytes, and behind them for the end.
WriteResult RecordingFile::make_room(std::size_t n_bytes) {
    const std::uint64_t wanted = n_bytes + kEndRoomBytes;
    if (n_written_ + wanted <= room_until_) return {};
    for (const std::uint64_t n_room : {wanted + kRoomStepBytes, wanted}) {
        const WriteResult result = file_->keep_room(n_room);
        if (result.ok()) room_until_ = n_written_ + n_room;
        if (result.ok() || n_room == wanted) return result;
    }
    return {};
}

void RecordingFile::write_waiting() {
    while (!waiting_.empty()) {
        if (!write(waiting_.front())) return;
        unsynced_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    if (disk_ == Disk::full) tell("there is room again; everything that waited is written");
    disk_ = Disk::well;
}

void RecordingFile::sync() {
    if (unsynced_.empty()) return;
    const WriteResult result = file_->sync();
    if (!result.ok()) return fail(result.error_number);
    synced_at_ns_ = clock_.now_ns();
    head_.account = unsynced_.back().account;  // where a new file would go on
    for (formats::IntegrityCount& count : head_.account.streams) {
        count.first = count.emitted;
        count.count = 0;
    }
    for (const RecordingBlock& block : unsynced_) n_bytes_held_ -= block.chunks.size();
    unsynced_.clear();
}

void RecordingFile::fail(int error_number) {
    error_number_ = error_number;
    retry_at_ns_ = clock_.now_ns() + kRetryEveryNs;
    if (means_full(error_number)) {
        if (disk_ != Disk::full) tell("the disk is full: data wait in memory, 64 MB at most; make room");
        disk_ = Disk::full;
        return;
    }
    tell(fmt::format("{}: what was not yet safe goes to a new file", error_text(error_number)));
    disk_ = Disk::broken;
    while (!unsynced_.empty()) {
        waiting_.push_front(std::move(unsynced_.back()));
        unsynced_.pop_back();
    }
    retry_at_ns_ = 0;
}

void RecordingFile::go_on_elsewhere() {
    retry_at_ns_ = clock_.now_ns() + kRetryEveryNs;
    if (segment_ == kSegmentsMax) return;
    file_.reset();
    do path_ = segment_path(base_path_, ++segment_);
    while (files_.exists(path_) && segment_ < kSegmentsMax);
    try {
        open_segment();
        tell("the recording goes on here");
    } catch (const Error& error) {
        tell(error.what());
    }
}

/// Into the room that was kept: an event, and the account of what is missing. Not called closed, because it did not
/// end in good order.
void RecordingFile::say_why_it_ends(double session_begin_s) {
    const RecordingBlock &first_lost = waiting_.front(), &last_lost = waiting_.back();
    RecordingBlock words{.at_s = last_lost.at_s, .account = last_lost.account};
    words.account.closed = false;
    for (formats::IntegrityCount& count : words.account.streams) {
        const formats::IntegrityCount* const lost = first_lost.account.of(count.id);
        const std::uint64_t n_kept = lost == nullptr ? 0 : lost->recorded - lost->count;
        count.lost[static_cast<std::size_t>(GapCause::recording)] += count.recorded - n_kept;
        count.recorded = n_kept;
        count.first = count.emitted;
        count.count = 0;
        if (count.id != head_.event_id) continue;
        count.count = 1;
        ++count.recorded;
        ++count.emitted;
    }
    formats::append_xdf_text(words.chunks, head_.event_id, words.at_s,
                             fmt::format("{{\"event\":\"recording_ended\",\"time_s\":{:.6f},\"reason\":\"disk full\",\"kept_until_s\":{:.6f}}}",
                                         words.at_s - session_begin_s, std::max(0.0, written_until_s_ - session_begin_s)));
    const std::string out = closed_block(words, n_written_, n_blocks_);
    if (file_->write(bytes_of(out)).ok()) (void)file_->sync();  // there is nobody left to tell that this failed too
}

void RecordingFile::finish(double session_begin_s) {
    retry_at_ns_ = 0;
    if (disk_ == Disk::broken) go_on_elsewhere();
    for (int attempt = 0; attempt < 2 && (!waiting_.empty() || !unsynced_.empty()); ++attempt) {
        if (disk_ == Disk::broken) go_on_elsewhere();
        if (disk_ != Disk::broken) write_waiting();
        if (disk_ != Disk::broken) sync();
    }
    if (disk_ == Disk::full && !waiting_.empty()) say_why_it_ends(session_begin_s);
    if (!waiting_.empty() || !unsynced_.empty()) {
        throw run_error(fmt::format("{}: what came after {:.2f} s could not be kept ({}); everything before it is whole", path_, std::max(0.0, written_until_s_ - session_begin_s),
                                    error_text(error_number_)));
    }
    if (segment_ > 1) throw run_error(fmt::format("{}: the disk failed ({}); the recording goes on in {}", base_path_, error_text(error_number_), path_));
}

void RecordingFile::tell(const std::string& what) {
    if (notice_) notice_(what.rfind(path_, 0) == 0 ? what : path_ + ": " + what);
}

}  // namespace tonus
