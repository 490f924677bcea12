#include "drivers/cyton/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return tonus::fuzz::check_decoder(data, size, tonus::cyton::kPacketBytes + 1, tonus::cyton::match_packet, tonus::cyton::decode_packet);
}
