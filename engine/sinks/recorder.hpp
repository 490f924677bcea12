#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/files.hpp"
#include "engine/device/device.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/sinks/marker_board.hpp"
#include "engine/sinks/recorded_stream.hpp"
#include "engine/sinks/recorder_status.hpp"
#include "engine/sinks/recording_file.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

struct RecorderOptions {
    std::string session_text = {};  ///< the session file with its calibration, kept in the header
    /// On the disk: asked before the start and every ten seconds, on the recorder's thread; nothing: nobody can say.
    std::function<std::optional<std::uint64_t>()> free_bytes = {};
    /// Told in a sentence what goes wrong with the disk, and when it is well again. On the recorder's thread.
    std::function<void(const std::string&)> notice = {};
    /// Of live devices, in the session's time: kept among the events. May be null; outlives the recorder.
    const MarkerBoard* markers = nullptr;
};

/// Writes a session down as it happens: one XDF file with every raw stream to the bit, the results, the arrivals,
/// the events, and after every block the proof of it.
///
/// Input      frames through a ring of its own for each device, filled by the device's thread, so that nothing
///            that happens to the engine costs a sample; rows and events as any sink.
/// Output     a block of at most 100 ms every 40 ms, lasting after 500 ms. Never replaces a file.
/// Loss       none while a disk is away for up to 30 s and 64 MiB; then the rings refuse the newest and count it.
/// Threads    one, its own; a ring's other end is its device's.
/// Source     design, "The recording"; reliability F8 to F14.
class Recorder final : public Sink {
public:
    /// Throws Error (usage) when the name is taken.
    Recorder(Files& files, Clock& clock, const std::string& path, RecorderOptions options = {});

    /// Makes the rings of a run's devices. Before begin().
    void listen(std::span<Device* const> devices);
    FrameRing& ring(std::size_t device) noexcept { return *rings_[device]; }

    std::string_view name() const noexcept override { return "recorder"; }
    /// Throws Error when the file cannot be made or the disk has no room for a minute.
    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;
    void idle(double age_s, std::uint64_t n_missed) noexcept override;
    /// Throws Error (failed) when something was not kept.
    void end(const RunSummary& summary) override;

    /// How it fares, for any thread.
    RecorderStatus status() const noexcept;

    /// What a second of these streams takes on the disk, roughly.
    static double bytes_per_s(std::span<const StreamInfo> streams) noexcept;

private:
    /// What comes when it comes, counted as it is written.
    struct Counted {
        std::uint32_t id = 0;
        std::uint64_t n_before = 0;  ///< recorded before this block
        std::uint64_t n = 0;         ///< recorded
        std::uint64_t n_emitted = 0;

        formats::IntegrityCount close_block() noexcept;
    };
    struct Row {
        std::uint64_t tick;
        std::vector<float> values;
    };
    struct Line {
        double time_s;
        std::string json;
    };

    std::string header() const;
    void drain_rings(bool without_room = false);
    void take(std::size_t device, const FrameRecord& record);
    void take_rows();
    void take_markers();
    void take_lines(bool last);
    void close_block(bool last = false);
    formats::Integrity account();
    void refuse_silent_loss() const;
    void ask_for_room();
    void publish();
    const RecordedStream* time_stream() const noexcept;

    Clock& clock_;
    RecordingFile file_;
    RecorderOptions options_;
    MarkerReader markers_;
    SessionInfo session_;
    StreamInfo results_;
    std::vector<std::string> stream_names_, channel_names_;
    std::vector<std::unique_ptr<FrameRing>> rings_;
    std::vector<FrameRing::Reader> readers_;
    std::vector<std::size_t> first_stream_;  // of each device
    std::vector<RecordedStream> streams_;
    Counted result_count_, arrival_count_, event_count_;
    std::uint32_t integrity_id_ = 0;
    std::string chunks_;                     // finished ones of the open block
    std::vector<double> arrivals_;           // of the open block
    std::vector<Row> rows_;
    std::vector<Line> lines_;
    std::int64_t newest_arrival_ns_ = 0;
    std::optional<std::int64_t> block_began_ns_;  // arrival of its first record
    std::int64_t flushed_at_ns_ = 0;
    std::int64_t room_asked_at_ns_ = 0;

    // Of status(), each for itself: a picture does not need them of one moment.
    std::atomic<RecorderStatus::State> state_{RecorderStatus::State::well};
    std::atomic<std::uint64_t> n_bytes_{0};
    std::atomic<std::int64_t> written_until_ns_{0}, safe_until_ns_{0};
    std::atomic<double> room_s_{-1.0};
};

}  // namespace tonus
