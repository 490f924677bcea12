#include <string_view>

#include "drivers/trigno/decoder.hpp"
#include "tests/fuzz/byte_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    const std::string_view reply{reinterpret_cast<const char*>(data), size};
    const std::string_view text = trigno::stripped(reply);
    if (text.size() > reply.size()) std::abort();
    trigno::quantity_of(text);
    return fuzz::check_decoder(
        data, size, trigno::kEmgStepBytes,
        [](std::span<const std::byte> front, bool) { return trigno::match_step(front, trigno::kEmgStepBytes); },
        [](std::span<const std::byte> step) {
            for (std::size_t slot = 0; slot < trigno::kSlots; ++slot) trigno::float_at(step, slot);
        });
}
