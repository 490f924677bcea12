#pragma once

#include <cstdint>

#include <unistd.h>

namespace tonus::test {

/// A port that, with the four after it, is this call's: several tests run at once, and of the ports from 32768 on the
/// system hands out any by itself.
inline std::uint16_t own_port() {
    static int n_calls = 0;
    return static_cast<std::uint16_t>(20000 + (getpid() + 1009 * n_calls++) % 2500 * 5);
}

}  // namespace tonus::test
