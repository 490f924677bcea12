#pragma once

#include <cstdint>

namespace tonus::test {

/// While it lives, this thread may neither allocate nor free, take a lock, write or call the system
/// directly. What it did all the same is counted, with the name of the first.
class RealtimeGuard {
public:
    RealtimeGuard() noexcept;
    ~RealtimeGuard();

    RealtimeGuard(const RealtimeGuard&) = delete;
    RealtimeGuard& operator=(const RealtimeGuard&) = delete;
};

struct Offences {
    std::uint64_t count = 0;
    const char* first = "none";
};

/// Those of this thread since it began.
Offences offences() noexcept;
void forget_offences() noexcept;

}  // namespace tonus::test
