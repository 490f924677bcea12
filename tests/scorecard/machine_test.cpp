// What the system says of itself, from planted files: no machine that runs the tests is all of these.

#include "bench/scorecard/machine.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/core/sim_files.hpp"

namespace tonus::bench {
namespace {

void plant(SimFiles& files, const std::string& path, const std::string& text) {
    const std::size_t slash = path.rfind('/');
    files.make_folder(path.substr(0, slash));
    const auto file = files.create(path, IfExists::replace);
    ASSERT_TRUE(file->write(std::as_bytes(std::span{text.data(), text.size()})).ok());
}

constexpr const char* kX86 =
    "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) N100\ncpu MHz\t\t: 2899.8\n\n"
    "processor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) N100\ncpu MHz\t\t: 2899.8\n\n";

constexpr const char* kRaspberryPi4 =
    "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
    "CPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n"
    "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\nprocessor\t: 2\nCPU part\t: 0xd08\n\nprocessor\t: 3\nCPU part\t: 0xd08\n\n"
    "Hardware\t: BCM2835\nRevision\t: c03115\nSerial\t\t: 10000000abcdef01\nModel\t\t: Raspberry Pi 4 Model B Rev 1.5\n";

constexpr const char* kArmServer = "processor\t: 0\nBogoMIPS\t: 243.75\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";

TEST(Machine, NamesTheProcessorOnX86AndOnArm) {
    EXPECT_EQ(cpu_name(kX86), "Intel(R) N100");
    EXPECT_EQ(cpu_name(kRaspberryPi4), "Raspberry Pi 4 Model B Rev 1.5 (Cortex-A72)");
    EXPECT_EQ(cpu_name(kArmServer), "Neoverse-N1");
    EXPECT_EQ(cpu_name("processor : 0\nCPU implementer : 0x48\nCPU part : 0xd01\n"), "Arm core 0xd01");
    EXPECT_EQ(cpu_name("processor\t: 0\nHardware\t: BCM2835\n"), "BCM2835");
    EXPECT_EQ(cpu_name(""), "unknown");
}

TEST(Machine, ReadsWhatAContainerMayUse) {
    EXPECT_EQ(cpu_quota("150000 100000\n"), 1.5);
    EXPECT_EQ(cpu_quota("max 100000\n"), 0.0);
    EXPECT_EQ(cpu_quota(""), 0.0);
    EXPECT_EQ(cpu_quota("1 0\n"), 0.0);
}

TEST(Machine, IsReadFromProcAndSys) {
    SimFiles files;
    plant(files, "/proc/cpuinfo", kRaspberryPi4);
    plant(files, "/proc/meminfo", "MemTotal:        3884372 kB\nMemFree:         3000000 kB\n");
    plant(files, "/proc/sys/kernel/osrelease", "6.1.0-rpi7-rpi-v8\n");
    plant(files, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
    plant(files, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "600000\n");
    plant(files, "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1800000\n");
    const Machine pi = this_machine(files);
    EXPECT_EQ(pi.n_cores, 4);
    EXPECT_EQ(pi.governor, "ondemand");
    EXPECT_EQ(pi.clock_mhz, 600.0);
    EXPECT_EQ(pi.clock_max_mhz, 1800.0);
    EXPECT_NEAR(pi.memory_mib, 3793.3, 0.1);
    EXPECT_EQ(pi.system, "6.1.0-rpi7-rpi-v8");
    EXPECT_EQ(pi.container, "");
}

TEST(Machine, KnowsAContainerAndTakesTheClockFromWhereItIs) {
    SimFiles files;
    plant(files, "/proc/cpuinfo", kX86);
    plant(files, "/proc/1/cgroup", "0::/kubepods/burstable/pod1\n");
    plant(files, "/sys/fs/cgroup/cpu.max", "50000 100000\n");
    const Machine pod = this_machine(files);
    EXPECT_EQ(pod.container, "kubernetes");
    EXPECT_EQ(pod.cpu_quota, 0.5);
    EXPECT_NEAR(pod.clock_mhz, 2899.8, 1e-6);
    EXPECT_EQ(pod.governor, "unknown");
}

// A sandbox may hide all of it.
TEST(Machine, WithoutProcAndSysIsUnknownAndNoError) {
    SimFiles nothing;
    const Machine machine = this_machine(nothing);
    EXPECT_EQ(machine.cpu, "unknown");
    EXPECT_EQ(machine.n_cores, 0);
    EXPECT_GE(machine.n_usable, 1);
    EXPECT_FALSE(machine.instruction_set.empty());
    EXPECT_FALSE(machine.commit.empty());
}

}  // namespace
}  // namespace tonus::bench
