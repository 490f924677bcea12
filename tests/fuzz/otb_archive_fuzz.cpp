// The first byte says what the rest is: an archive as it lies; or, up to a zero byte, the XML of an OTB+ or OTB4
// file and then its samples, put into an archive here, because a fuzzer does not find the sums of its heads.

#include <algorithm>

#include "tests/fuzz/read_recording.hpp"
#include "tests/support/tar_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    if (size == 0) return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (data[0] % 3 == 0) {
        // What is compressed may hold a thousand times its bytes.
        SimFiles files;
        files.put("input.otb+", std::as_bytes(std::span{rest.data(), rest.size()}));
        fuzz::read_recording(files, "input.otb+", 1100 * size);
        return 0;
    }
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view samples = rest.substr(std::min(end + 1, rest.size()));
    const std::string file = test::tar_member(data[0] % 3 == 1 ? "a.xml" : "Tracks_000.xml", rest.substr(0, end)) + test::tar_member("markers_0.xml", rest.substr(0, end)) +
                             test::tar_member("a.sig", samples) + test::tar_end();
    return fuzz::read_bytes(".otb+", reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
}
