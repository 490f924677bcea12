#include "drivers/witmotion/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    return fuzz::check_decoder(data, size, witmotion::kFrameBytes, witmotion::match_frame, [](std::span<const std::byte> frame) {
        witmotion::words_of(frame);
        if (witmotion::milliseconds_of(frame) >= witmotion::kMillisecondsPerDay) std::abort();
    });
}
