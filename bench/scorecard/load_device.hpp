#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/device/device.hpp"
#include "engine/pipeline/session.hpp"

namespace tonus::bench {

struct LoadDeviceConfig {
    StreamKind kind = StreamKind::emg;
    std::size_t n_channels = 16;
    Rate rate{2000, 1};
    std::size_t read_frames = 20;     ///< brought by one read
    double duration_s = 1.0;
    Pacing pacing = Pacing::live;
    double start_after_s = 0.0;       ///< so that several devices do not read at the same moment
    bool with_hum = true;             ///< loud enough to be found (within 12 s) and cancelled
};

/// A device for measuring: a second of muscle noise with a heart and a hum in it, over and over, that
/// costs nothing to make. Live, it sleeps until its frames are due and notes by how much the system
/// woke it late: the floor under every delay of that run.
class LoadDevice final : public Device {
public:
    LoadDevice(const LoadDeviceConfig& config, Clock& clock);

    std::span<const StreamInfo> streams() const noexcept override { return {&stream_, 1}; }
    Pacing pacing() const noexcept override { return config_.pacing; }
    void start() override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override {}

    /// When the read was complete that brought the last frame of each tick, by the clock given. To be
    /// read after the run.
    std::span<const std::int64_t> tick_read_ns() const noexcept { return {tick_read_ns_.data(), n_ticks_}; }
    /// How late the system woke it, per read. To be read after the run.
    std::span<const std::int64_t> wake_late_ns() const noexcept { return {wake_late_ns_.data(), n_wakes_}; }

private:
    void push_next(FrameSink& sink, std::int64_t now_ns) noexcept;

    LoadDeviceConfig config_;
    Clock& clock_;
    StreamInfo stream_;
    std::vector<std::int32_t> second_;  // interleaved
    std::uint64_t n_frames_, n_loop_;
    std::uint64_t next_ = 0;
    std::int64_t origin_ns_ = -1;
    std::vector<std::int64_t> tick_read_ns_, wake_late_ns_;
    std::size_t n_ticks_ = 0, n_wakes_ = 0;
};

/// A session that has every stage at work on what EMG these devices send: sites and references for all
/// channels, both ECG paths, hum looked for, spectra, and flag engine B.
Session session_with_everything(std::span<const std::span<const StreamInfo>> devices);

/// The same with nothing asked for that a session does not do by itself: ECG path A alone, engine A.
Session plain_session(std::span<const std::span<const StreamInfo>> devices);

}  // namespace tonus::bench
