// The annotations beside a record that is well.

#include "tests/fuzz/read_recording.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::string_view_literals;
    tonus::SimFiles files;
    const auto put = [&](const char* path, std::string_view text) { files.put(path, std::as_bytes(std::span{text.data(), text.size()})); };
    put("input.hea", "input 1 250 2\ninput.dat 16 200/mV\n"sv);
    put("input.dat", "\1\0\2\0"sv);
    files.put("input.atr", std::as_bytes(std::span{data, size}));
    tonus::fuzz::read_recording(files, "input.hea", size + 64);
    return 0;
}
