#include "drivers/ngimu/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    return fuzz::check_decoder(data, size, ngimu::kPacketBytesMax, ngimu::match_packet,
                               [](std::span<const std::byte> packet) { ngimu::decode_sensors(packet); });
}
