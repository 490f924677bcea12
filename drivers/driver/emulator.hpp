#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "drivers/driver/source_url.hpp"
#include "engine/device/device.hpp"

namespace tonus {

/// How a device is reached.
enum class LineKind {
    serial,
    tcp_listens,  ///< the host connects to the device
    tcp_dials,    ///< the device connects to the host
    udp,          ///< the device sends to a port of the host
};

struct EmulatorLine {
    LineKind kind = LineKind::serial;
    std::uint16_t port = 0;
};

/// Where an emulator puts what it sends, and what it knows to be true.
class EmulatorOutput {
public:
    virtual ~EmulatorOutput() = default;

    /// An answer to a command.
    virtual void reply(std::size_t line, std::span<const std::byte> bytes) = 0;

    /// One frame of data: the faults of the link may befall it.
    virtual void frame(std::size_t line, std::span<const std::byte> bytes) = 0;

    /// The device ends the connection.
    virtual void hang_up(std::size_t line) = 0;

    /// What was sampled, numbered as the driver shall number it, whatever becomes of it on the way.
    virtual void truth(std::size_t stream, std::uint64_t index, RawFrames frame) = 0;
};

/// A device in software. Written from the page of its protocol and never from the driver's decoder,
/// so that a misreading in one shows against the other. No I/O and no clock of its own.
class Emulator {
public:
    virtual ~Emulator() = default;

    virtual std::span<const EmulatorLine> lines() const noexcept = 0;

    /// The host has opened or closed a line.
    virtual void connected(std::size_t line, bool is_open, EmulatorOutput& out) {
        static_cast<void>(line), static_cast<void>(is_open), static_cast<void>(out);
    }

    /// The host has sent something.
    virtual void hear(std::size_t line, std::span<const std::byte> bytes, EmulatorOutput& out) = 0;

    /// The device's own time has come to this; never falls.
    virtual void advance(std::int64_t now_ns, EmulatorOutput& out) = 0;
};

/// What the electrodes and motion sensors of an emulated device feel: the simulated subject.
class EmulatedBody {
public:
    /// @param subject  an open `sim:` device with EMG at the emulator's rate, and with imu=on
    explicit EmulatedBody(std::unique_ptr<Device> subject);
    ~EmulatedBody();
    EmulatedBody(EmulatedBody&&) noexcept;

    /// Goes on to this frame of the EMG; never back.
    void seek(std::uint64_t frame);

    double emg_uv(std::size_t channel) const noexcept;  ///< channels repeat where it has fewer
    std::array<double, 3> acceleration_m_s2() const noexcept;
    std::array<double, 3> angular_rate_rad_s() const noexcept;

private:
    class Feelings;
    std::unique_ptr<Device> subject_;
    std::unique_ptr<Feelings> feelings_;
};

/// Gives an emulator its body, with EMG at its rate.
using BodyMaker = std::function<EmulatedBody(double rate_hz, std::size_t n_channels)>;

/// The simulated subject, from 100 Hz up.
/// @param options  of sim:, such as "subject=7&task=reps"; may be empty
EmulatedBody simulated_body(const std::string& options, double rate_hz, std::size_t n_channels);

}  // namespace tonus
