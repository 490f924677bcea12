#pragma once

#include <string>

#include "engine/core/files.hpp"

namespace tonus::bench {

/// What a figure is of. What the system does not say is "unknown" or 0: containers hide much of it.
struct Machine {
    std::string cpu = {};              ///< as it calls itself
    std::string instruction_set = {};  ///< the widest that our kernels can use here
    int n_cores = 0;              ///< online
    int n_usable = 0;             ///< that this process may use
    double cpu_quota = 0.0;       ///< cores' worth of time the container allows; 0: no limit
    std::string governor = {};         ///< of the clock: performance, powersave, ...
    double clock_mhz = 0.0;       ///< now
    double clock_max_mhz = 0.0;
    double memory_mib = 0.0;
    std::string system = {};           ///< kernel
    std::string container = {};        ///< docker, podman, lxc, kubernetes; empty: none seen
    std::string compiler = {};
    std::string build = {};            ///< Release, ...
    std::string commit = {};
};

/// Reads /proc and /sys through `files`, and asks the processor. Never throws: a system without them
/// leaves "unknown".
Machine this_machine(Files& files = system_files());

/// The processor's name from the text of /proc/cpuinfo. On Arm the board's name, or the core's from
/// its numbers; there is no "model name".
std::string cpu_name(const std::string& cpuinfo);

/// Cores' worth of time that the text of a version 2 cgroup's cpu.max allows ("150000 100000" is 1.5);
/// 0 without a limit.
double cpu_quota(const std::string& cpu_max);

}  // namespace tonus::bench
