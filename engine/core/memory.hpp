#pragma once

#include <cstdint>

#include "engine/core/files.hpp"

namespace tonus {

/// What keeps the memory of a live run from being missing when it is needed.
enum class MemoryHold {
    none,     ///< it may neither be locked nor touched here, or nobody asked
    locked,   ///< all of it stays in memory
    touched,  ///< the right or the limit to lock is missing: every page was there once
};

/// Locks all memory the process has by now, or else touches every page of it once. To be called
/// when all is allocated and all threads are there; what comes later is not held.
MemoryHold hold_memory(Files& files = system_files());

/// Lets go what hold_memory() locked.
void release_memory() noexcept;

/// What the calling thread has used since it began.
struct ThreadUsage {
    double cpu_s = 0.0;
    std::uint64_t n_page_faults = 0;

    ThreadUsage operator-(const ThreadUsage& before) const noexcept {
        return {cpu_s - before.cpu_s, n_page_faults - before.n_page_faults};
    }
};
ThreadUsage thread_usage() noexcept;

/// What the whole process has used.
struct ProcessUsage {
    double cpu_s = 0.0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t n_page_faults = 0;
};
ProcessUsage process_usage(Files& files = system_files());

}  // namespace tonus
