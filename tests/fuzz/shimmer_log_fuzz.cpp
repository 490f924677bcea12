#include "tests/fuzz/read_recording.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return tonus::fuzz::read_bytes(".bin", data, size);
}
