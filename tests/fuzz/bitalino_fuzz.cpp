#include "drivers/bitalino/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    if (size == 0) return 0;
    const std::size_t n_channels = 1 + data[0] % bitalino::kChannelsMax;
    return fuzz::check_decoder(
        data + 1, size - 1, bitalino::kFramesToTrust * bitalino::frame_bytes(n_channels),
        [=](std::span<const std::byte> front, bool in_step) { return bitalino::match_frame(front, in_step, n_channels); },
        [=](std::span<const std::byte> frame) { bitalino::decode_frame(frame, n_channels); });
}
