#include "drivers/text/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    return fuzz::check_decoder(data, size, text::kLineBytesMax, text::match_line, [](std::span<const std::byte> line) {
        const std::string_view characters{reinterpret_cast<const char*>(line.data()), line.size()};
        text::parse_line(characters, false);
        text::parse_line(characters, true);
    });
}
