#include "engine/core/memory.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/core/text_file.hpp"

namespace tonus {
namespace {

// A larger mapping is address space held in reserve (a sanitizer's, an allocator's), not memory in use.
constexpr std::uint64_t kTouchedBytesMax = 1ull << 30;

double seconds(const timeval& time) noexcept { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); }

std::uint64_t page_faults(const rusage& usage) noexcept { return static_cast<std::uint64_t>(usage.ru_minflt + usage.ru_majflt); }

std::uint64_t page_bytes() noexcept { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

/// One line of /proc/self/maps: "55d0-55d4 rw-p ... path".
struct Mapping {
    std::uint64_t begin = 0, end = 0;
    bool readable = false, writable = false;
};

Mapping mapping_of(std::string_view line) noexcept {
    Mapping mapping;
    const char* const last = line.data() + line.size();
    const auto first = std::from_chars(line.data(), last, mapping.begin, 16);
    if (first.ptr == last || *first.ptr != '-') return {};
    const auto second = std::from_chars(first.ptr + 1, last, mapping.end, 16);
    if (last - second.ptr < 3) return {};
    mapping.readable = second.ptr[1] == 'r' && line.find("[v") == std::string_view::npos;  // not the kernel's own pages
    mapping.writable = second.ptr[2] == 'w';
    return mapping;
}

/// Has the kernel touch every page, which is safe whoever else uses it. False where it does not know
/// how (before Linux 5.14, and in some containers).
bool touch(const Mapping& mapping) noexcept {
    if (!mapping.readable || mapping.end - mapping.begin > kTouchedBytesMax) return false;
    constexpr int kPopulateRead = 22, kPopulateWrite = 23;  // not in Debian 12's headers by name
    return madvise(reinterpret_cast<void*>(mapping.begin), mapping.end - mapping.begin,
                   mapping.writable ? kPopulateWrite : kPopulateRead) == 0;
}

bool touch_all(Files& files) {
    bool any = false;
    const std::string maps = read_text_if_any(files, "/proc/self/maps");
    for (std::string_view left = maps; !left.empty();) {
        const std::string_view line = left.substr(0, left.find('\n'));
        any = touch(mapping_of(line)) || any;
        left.remove_prefix(std::min(left.size(), line.size() + 1));
    }
    return any;
}

}  // namespace

MemoryHold hold_memory(Files& files) {
    if (mlockall(MCL_CURRENT) == 0) return MemoryHold::locked;
    return touch_all(files) ? MemoryHold::touched : MemoryHold::none;
}

void release_memory() noexcept { munlockall(); }

ThreadUsage thread_usage() noexcept {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    timespec cpu{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    return {static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec), page_faults(usage)};
}

ProcessUsage process_usage(Files& files) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    ProcessUsage result{.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime), .n_page_faults = page_faults(usage)};
    // "size resident shared ...", in pages.
    const std::string statm = read_text_if_any(files, "/proc/self/statm");
    const std::size_t space = statm.find(' ');
    if (space != std::string::npos) {
        std::uint64_t n_pages = 0;
        std::from_chars(statm.data() + space + 1, statm.data() + statm.size(), n_pages);
        result.resident_bytes = n_pages * page_bytes();
    }
    return result;
}

}  // namespace tonus
