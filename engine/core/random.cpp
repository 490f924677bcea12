#include "engine/core/random.hpp"

#include <random>

namespace tonus {

std::uint64_t entropy_seed() {
    std::random_device source;
    return (static_cast<std::uint64_t>(source()) << 32) | source();
}

}  // namespace tonus
