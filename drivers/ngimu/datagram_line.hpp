#pragma once

#include <memory>

#include "engine/core/byte_stream.hpp"

namespace tonus::ngimu {

/// Datagrams as the stream of packets that the serial line gives: stuffed, and each with its end. So
/// what joins them in one read takes no boundary away, and one decoder does for both.
std::unique_ptr<ByteStream> packets_of_datagrams(std::unique_ptr<ByteStream> datagrams);

}  // namespace tonus::ngimu
