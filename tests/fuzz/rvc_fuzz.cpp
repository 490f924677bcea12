#include "drivers/rvc/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return tonus::fuzz::check_decoder(data, size, tonus::rvc::kFrameBytes, tonus::rvc::match_frame, tonus::rvc::decode_frame);
}
