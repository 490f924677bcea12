#include "drivers/xsens/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    return fuzz::check_decoder(data, size, xsens::kMessageBytesMax, xsens::match_message,
                               [](std::span<const std::byte> message) { xsens::decode_measurement(xsens::payload_of(message)); });
}
