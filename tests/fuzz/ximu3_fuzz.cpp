#include "drivers/ximu3/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    return fuzz::check_decoder(data, size, ximu3::kMessageBytesMax, ximu3::match_message, [](std::span<const std::byte> message) {
        ximu3::decode_inertial(message);
        ximu3::decode_answer(message);
    });
}
