// A header, a zero byte, and the bytes of the signal file that it names.

#include <algorithm>

#include "tests/fuzz/read_recording.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::uint8_t* const end = data + size;
    const std::uint8_t* const header_end = std::find(data, end, std::uint8_t{0});
    tonus::SimFiles files;
    files.put("input.hea", std::as_bytes(std::span{data, header_end}));
    files.put("input.dat", std::as_bytes(std::span{std::min(header_end + 1, end), end}));
    tonus::fuzz::read_recording(files, "input.hea", size);
    return 0;
}
