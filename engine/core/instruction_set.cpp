#include "engine/core/instruction_set.hpp"

#include <bit>
#include <cstdint>

#include <hwy/targets.h>

namespace tonus {

const char* instruction_set() noexcept {
    // Better targets are lower bits; what is not compiled for cannot be taken.
    const auto usable = static_cast<std::uint64_t>(hwy::SupportedTargets() & HWY_TARGETS);
    if (usable == 0) return "none";
    return hwy::TargetName(static_cast<std::int64_t>(std::uint64_t{1} << std::countr_zero(usable)));
}

}  // namespace tonus
