#include <array>
#include <cstdint>
#include <cstdlib>

#include "drivers/otb/decoder.hpp"

// Whatever comes first decides what the layout is taken for: it may be none, but is never one that
// reads past what is there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus::otb;
    const std::array candidates{Layout{.n_bio = 8, .has_quaternion = true, .sample_bytes = 2}, Layout{.n_bio = 8, .n_auxiliary = 2},
                                Layout{.n_bio = 4, .n_accessory = 8, .counter_from_end = 8, .big_endian = false},
                                Layout{.n_bio = 8, .sample_bytes = 3}};
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto layout = find_layout(bytes, candidates);
    if (!layout) return 0;
    if (bytes.size() < kStepsToTrust * layout->step_bytes()) std::abort();
    std::int64_t sum = 0;
    for (std::size_t ch = 0; ch < layout->n_channels(); ++ch) sum += value_at(bytes.first(layout->step_bytes()), *layout, ch);
    if (sum == INT64_MIN) std::abort();  // never: so that the values are looked at
    return 0;
}
