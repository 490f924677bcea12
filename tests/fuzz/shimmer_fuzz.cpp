#include "drivers/shimmer/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    // The first bytes are an inquiry reply; what follows is read as it says.
    const std::span<const std::byte> bytes = std::as_bytes(std::span{data, size});
    const auto layout = shimmer::decode_inquiry(bytes);
    if (!layout) return 0;
    shimmer::Layout used = *layout;
    used.has_crc = bytes[3] != std::byte{0};
    const std::size_t n_reply = 9 + used.channels.size();
    return fuzz::check_decoder(
        data + n_reply, size - n_reply, shimmer::kPacketBytesMax,
        [&](std::span<const std::byte> front, bool in_step) { return shimmer::match_packet(front, in_step, used); },
        [&](std::span<const std::byte> frame) {
            if (!shimmer::is_packet(frame)) return;
            for (const std::uint8_t channel : used.channels) shimmer::value_of(frame, used, channel);
        });
}
