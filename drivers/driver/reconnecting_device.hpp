#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/device/device.hpp"

namespace tonus {

/// A live device that comes back: when it is lost, it is opened again as soon as it is there, and
/// its frames go on under the same numbers, after a gap as long as it was away.
///
/// Gap        by the clock, from the last frame before to the first after, because a device that was
///            switched off has not counted; right to the jitter of the arrivals.
/// Identity   what comes back must send the same streams with the same settings and identity; another
///            device in its place is refused, and waited out.
/// Delay      while it is away, read() may take as long as opening and starting do: a few seconds, fifteen at
///            most, or a tenth of one when the run is to end (reopening_ports.hpp).
/// Threads    one, the device's own.
/// Source     reliability F5, F6.
class ReconnectingDevice final : public Device {
public:
    /// Says of what was found whether it is the same; throws Error where it is not.
    using Check = std::function<void(const Device&)>;

    /// Opens the device anew, has it checked, and starts it; throws Error while it is not there.
    using Reopen = std::function<std::unique_ptr<Device>(const Check&)>;

    ReconnectingDevice(std::unique_ptr<Device> device, Reopen reopen, Clock& clock);

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    void start() override;
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override;

    /// Why it is away, while it is.
    std::string_view trouble() const noexcept override { return trouble_; }

    double age_s() const noexcept override { return device_ ? device_->age_s() : 0.0; }
    std::span<const RecordingNote> markers() const noexcept override { return markers_; }

private:
    /// Where a stream has come to, and what its device's numbers are to be raised by.
    struct Place {
        std::uint64_t next = 0;
        std::int64_t last_ns = 0;
        std::optional<std::uint64_t> first;  ///< of the device, since it was opened
        std::uint64_t base = 0;
        bool any = false;
    };
    class Renumbered;

    void lose() noexcept;
    void try_again() noexcept;
    void take_markers() noexcept;
    void refuse_another(std::span<const StreamInfo> found) const;

    std::unique_ptr<Device> device_;
    Reopen reopen_;
    Clock& clock_;
    std::vector<StreamInfo> streams_;
    std::vector<Place> places_;
    std::vector<RecordingNote> markers_;  // of every time it was here
    std::size_t n_markers_taken_ = 0;     // of this time
    std::string trouble_;
    std::int64_t next_try_ns_ = 0;
    std::int64_t pause_ns_ = 0;
};

}  // namespace tonus
