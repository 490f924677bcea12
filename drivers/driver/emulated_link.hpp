#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "drivers/driver/emulator.hpp"
#include "drivers/driver/source_url.hpp"
#include "engine/core/random.hpp"

namespace tonus {

/// From so many seconds of the device's own time to so many.
struct LinkSpan {
    double from_s = 0.0;
    double to_s = 0.0;
};

/// What goes wrong between a device and us. Chances are per frame.
struct LinkFaults {
    double lost = 0.0;
    double repeated = 0.0;
    double swapped = 0.0;  ///< comes after the next one
    double corrupt = 0.0;  ///< one bit of it is turned round
    double garbled = 0.0;  ///< a stretch of it, of up to eight bytes, becomes noise
    std::vector<LinkSpan> stalls;   ///< nothing comes, then all of it at once
    std::vector<LinkSpan> unplugs;  ///< the device is gone, and comes back
    double skew_ppm = 0.0;          ///< how much faster the device's clock runs
    double jitter_ms = 0.0;         ///< what is sent in 20 ms is held back by up to this, and all after it
    std::uint64_t seed = 0;
};

/// The faults as options of an emulator, which each has beside its own.
std::span<const DriverOption> link_fault_options() noexcept;

/// Throws Error for what is out of range.
LinkFaults parse_link_faults(const SourceUrl& url);

/// What came of the frames an emulator sent.
struct LinkAccount {
    std::uint64_t n_frames = 0, n_lost = 0, n_repeated = 0, n_swapped = 0, n_corrupt = 0, n_garbled = 0;
};

/// An emulator at work at the other end of its lines, with the faults between.
///
/// Threads  one.
class EmulatedLink final : private EmulatorOutput {
public:
    /// @param truth  gets every frame that was sampled; may be null
    EmulatedLink(std::unique_ptr<Emulator> emulator, LinkFaults faults, FrameSink* truth = nullptr);

    std::span<const EmulatorLine> lines() const noexcept { return emulator_->lines(); }

    /// The host's clock, since the device was switched on, has come to this.
    void advance(std::int64_t now_ns);

    void connect(std::size_t line, bool is_open);
    void hear(std::size_t line, std::span<const std::byte> bytes) { emulator_->hear(line, bytes, *this); }

    /// What can be read from a line now; at most kWaitingBytesMax are kept for a host that does not.
    /// Datagrams of a udp line come one by one.
    std::vector<std::byte> take(std::size_t line, std::size_t n_bytes_max);

    bool is_plugged() const noexcept { return !within(faults_.unplugs); }
    bool has_hung_up(std::size_t line) const noexcept { return lines_[line].hung_up; }
    const LinkAccount& account() const noexcept { return account_; }

    static constexpr std::size_t kWaitingBytesMax = 1 << 20;

private:
    struct Line {
        /// What was sent at once, a datagram of a udp line.
        struct Piece {
            std::size_t n_bytes;
            std::int64_t due_ns;  ///< of the device's time, when it arrives
        };
        std::vector<std::byte> waiting;
        std::deque<Piece> pieces;            ///< of what waits
        std::int64_t held_back_ns = 0, hold_until_ns = 0;
        std::vector<std::byte> overtaken;    ///< a swapped frame, to follow the next
        bool open = false, hung_up = false;
    };

    void reply(std::size_t line, std::span<const std::byte> bytes) override { put(line, bytes); }
    void frame(std::size_t line, std::span<const std::byte> bytes) override;
    void hang_up(std::size_t line) override { lines_[line].hung_up = true; }
    void truth(std::size_t stream, std::uint64_t index, RawFrames frame) override;

    void put(std::size_t line, std::span<const std::byte> bytes);
    void damage(std::span<std::byte> frame) noexcept;
    bool within(const std::vector<LinkSpan>& spans) const noexcept;
    bool happens(double chance) noexcept { return chance > 0.0 && random_.uniform() < chance; }

    std::unique_ptr<Emulator> emulator_;
    LinkFaults faults_;
    FrameSink* truth_;
    std::vector<Line> lines_;
    Random random_;
    LinkAccount account_;
    std::int64_t device_ns_ = 0;
};

}  // namespace tonus
