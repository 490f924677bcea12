#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/byte_stream.hpp"

namespace tonus {

/// Opens a serial port raw: 8 data bits, no parity, 1 stop bit, no flow control, for this program
/// alone, and with the driver's low-latency flag where there is one (an FTDI chip otherwise holds
/// bytes for 16 ms). A hang-up, as when the cable is pulled, reads as `closed`.
/// Throws Error (failed) when there is no such port, it is taken or not permitted; Error (usage)
/// when it cannot do this rate.
/// @param baud  symbols per second
std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud);

/// Connects to a server; small packets go out at once (no Nagle). What the other end sent before
/// it hung up is still read, then the stream is `closed`.
/// Throws Error (failed) saying whether the host is unknown, refuses or does not answer.
/// @param host     a name or an address; looking a name up may take longer than `timeout`, as the
///                 system's resolver has its own
/// @param timeout  for the connection
std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                        std::chrono::milliseconds timeout);

/// From where a port of ours can be reached.
enum class Reach { this_machine, network };

/// A TCP port that devices dial in to.
class TcpListener {
public:
    /// Port 0 takes a free one. Throws Error (failed) when the port is taken or not permitted.
    TcpListener(std::uint16_t port, Reach reach);
    ~TcpListener();
    TcpListener(TcpListener&&) noexcept;
    TcpListener& operator=(TcpListener&&) noexcept;

    std::uint16_t port() const noexcept;

    /// The next device that dials in; null when none does in time.
    std::unique_ptr<ByteStream> accept(std::chrono::milliseconds timeout);

private:
    struct Socket;
    std::unique_ptr<Socket> socket_;
};

/// Takes datagrams on a port, from the first peer that sends one and from nobody else after that;
/// writes go to that peer. One read() is one datagram; it is cut when `into` is shorter.
/// @param peer  the only address that may be that first one, as 192.168.1.2; empty: any
/// Throws Error (failed) when the port is taken or not permitted, (usage) when the peer is no address.
std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, Reach reach, const std::string& peer = {});

/// Sends datagrams to a port of this machine and takes what it answers: the other end of bind_udp().
std::unique_ptr<ByteStream> send_udp(std::uint16_t port);

/// The device's end of a serial cable, for an emulator: what it writes is read from `path`.
struct PseudoTerminal {
    std::unique_ptr<ByteStream> device_end;
    std::string path;
};

/// Throws Error (failed) when the system gives no pseudo terminal.
PseudoTerminal make_pseudo_terminal();

}  // namespace tonus
