#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/files.hpp"
#include "engine/formats/xdf_integrity.hpp"

namespace tonus {

/// Whole chunks of XDF that go to the disk together, and the account they are closed with; where they stand
/// and their checksum are found when they are written.
struct RecordingBlock {
    double at_s = 0.0;
    std::string chunks = {};
    formats::Integrity account = {};
};

/// The file of a recording on a disk that may be full, slow or dying.
///
/// Full       the blocks wait in memory, up to 64 MiB, until there is room again. Room for an end is kept from the
///            first block on, where the disk can: so that the file itself says why it ends and what is missing.
/// Dying      after an error of a write or a sync nothing of the file since the last sync is believed: it goes,
///            with all that follows, to a new file beside it, NAME-2.xdf.
/// Threads    one at a time; blocks on the disk.
/// Source     design, "The recording"; reliability F10 to F14.
class RecordingFile {
public:
    struct Head {
        std::string chunks;            ///< the file's and the streams' headers
        std::uint32_t integrity_id = 0;
        std::uint32_t event_id = 0;
        formats::Integrity account = {};  ///< of all streams, before their first frame
    };

    /// @param notice  told in a sentence when something changes for better or worse
    RecordingFile(Files& files, Clock& clock, std::string path, std::function<void(const std::string&)> notice);

    /// Makes the file. Throws Error (usage) when the name is taken, Error (failed) when it cannot be written.
    void begin(Head head);

    void add(RecordingBlock block);

    /// Writes what waits and, every 400 ms, makes it last.
    void step();

    /// Writes the rest, or where that has no room, why it is missing. Throws Error (failed) saying what was not
    /// kept, or where the rest is.
    /// @param session_begin_s  the zero of the times in events, as `at_s` counts
    void finish(double session_begin_s);

    /// False while so much waits that nothing may be added.
    bool has_room() const noexcept { return n_bytes_held_ < kHeldBytesMax; }
    bool is_full() const noexcept { return disk_ == Disk::full; }
    bool is_broken() const noexcept { return disk_ == Disk::broken; }
    std::uint64_t n_bytes() const noexcept { return n_bytes_before_ + n_written_; }  ///< of all its files
    bool is_written() const noexcept { return waiting_.empty(); }
    bool is_safe() const noexcept { return waiting_.empty() && unsynced_.empty(); }
    std::int64_t synced_until_ns() const noexcept { return head_.account.monotonic_ns; }  ///< of the newest block that lasts

    static constexpr std::size_t kHeldBytesMax = std::size_t{64} << 20;

private:
    enum class Disk { well, full, broken };

    void open_segment();
    bool write(const RecordingBlock& block);
    WriteResult make_room(std::size_t n_bytes);
    void say_why_it_ends(double session_begin_s);
    std::string closed_block(const RecordingBlock& block, std::uint64_t at, std::uint64_t number) const;
    void write_waiting();
    void sync();
    void fail(int error_number);
    void go_on_elsewhere();
    void tell(const std::string& what);

    Files& files_;
    Clock& clock_;
    std::string base_path_;
    std::string path_;
    std::function<void(const std::string&)> notice_;
    Head head_;
    std::unique_ptr<OutputFile> file_;
    std::uint64_t n_written_ = 0;
    std::uint64_t n_bytes_before_ = 0;  // in files that were given up
    std::uint64_t room_until_ = 0;      // the offset up to which the disk keeps room
    std::uint64_t n_blocks_ = 0;
    int segment_ = 1;
    std::deque<RecordingBlock> waiting_;   // not written
    std::deque<RecordingBlock> unsynced_;  // written, and kept until they are known to last
    std::size_t n_bytes_held_ = 0;
    Disk disk_ = Disk::well;
    int error_number_ = 0;
    double written_until_s_ = 0.0;  // `at_s` of the newest block in the file
    std::int64_t retry_at_ns_ = 0;
    std::int64_t synced_at_ns_ = 0;
};

}  // namespace tonus
