#include "engine/core/memory.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/core/text_file.hpp"

namespace tonus {
namespace {

TEST(Memory, IsHeldOrSaidNotToBe) {
    const MemoryHold hold = hold_memory();
    release_memory();
    EXPECT_TRUE(hold == MemoryHold::locked || hold == MemoryHold::touched || hold == MemoryHold::none);
}

// What the account of a live run says rests on this counter: it must see a fault to mean anything by none.
TEST(Memory, FirstUseOfAPageIsCountedForTheThreadThatDidIt) {
    constexpr std::size_t kBytes = 40 << 20;  // more than an allocator keeps ready
    const ThreadUsage before = thread_usage();
    const std::vector<char> pages(kBytes, 1);
    const ThreadUsage used = thread_usage() - before;
    EXPECT_EQ(pages[kBytes - 1], 1);
    EXPECT_GT(used.n_page_faults, 0u);
    EXPECT_GE(used.cpu_s, 0.0);
}

TEST(Memory, TheProcessIsResident) {
    const ProcessUsage usage = process_usage();
    EXPECT_GT(usage.resident_bytes, 1u << 20);
    EXPECT_GT(usage.n_page_faults, 0u);
}

TEST(TextFile, ReadsWhatTheKernelMakesUp) {
    EXPECT_NE(read_text(system_files(), "/proc/self/status").find("VmRSS"), std::string::npos);
    EXPECT_EQ(read_text_if_any(system_files(), "/proc/no such file"), "");
}

}  // namespace
}  // namespace tonus
