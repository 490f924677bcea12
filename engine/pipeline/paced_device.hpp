#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/device/device.hpp"

namespace tonus {

/// Gives the frames of a recording or of the simulator at the moments they arrived then. Their
/// stamps, and so the results, are those of a run at full speed.
class PacedDevice final : public Device {
public:
    /// The device stays the caller's and outlives this.
    PacedDevice(Device& device, Clock& clock) noexcept : device_(device), clock_(clock) {}

    std::span<const StreamInfo> streams() const noexcept override { return device_.streams(); }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override { device_.start(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override { device_.stop(); }
    double progress() const noexcept override { return device_.progress(); }
    std::string_view trouble() const noexcept override { return device_.trouble(); }
    std::span<const RecordingNote> markers() const noexcept override { return device_.markers(); }

private:
    /// Keeps what one read of the device brought until it is due.
    class Held final : public FrameSink {
    public:
        void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override;

        struct Piece {
            std::size_t stream;
            std::uint64_t first_index;
            RawFrames frames;    // data is set when it is handed out
            std::size_t offset;  // of its bytes
        };
        std::vector<Piece> pieces;
        std::vector<std::byte> bytes;
        std::size_t n_given = 0;
    };

    bool refill() noexcept;

    Device& device_;
    Clock& clock_;
    std::optional<std::int64_t> origin_ns_;
    Held held_;
    bool ended_ = false;
    ReadStatus last_ = ReadStatus::frames;
};

}  // namespace tonus
