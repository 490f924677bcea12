#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/byte_stream.hpp"

namespace tonus {

/// Opens a serial port raw: 8 data bits, no parity, 1 stop bit, no flow control, and for this
/// program alone. A hang-up, as when the cable is pulled, reads as `closed`.
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

}  // namespace tonus
