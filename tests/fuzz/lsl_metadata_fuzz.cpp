#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "drivers/lsl/metadata.hpp"
#include "engine/core/error.hpp"

/// A description is refused, or within its bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto found = tonus::lsl::read_metadata({reinterpret_cast<const char*>(data), size});
        const std::size_t n = found.stream.channels.size();
        const bool rate_fits = !found.stream.rate || (found.stream.rate->hz() > 0.0 && found.stream.rate->hz() <= tonus::lsl::kRateHzMax * 1.000001);
        if (n == 0 || n > tonus::lsl::kChannelsMax || !rate_fits || found.identity().size() > 2048) std::abort();
    } catch (const tonus::Error&) {
        // as it should be
    }
    return 0;
}
