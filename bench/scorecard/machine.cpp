#include "bench/scorecard/machine.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "build_commit.hpp"
#include "engine/core/instruction_set.hpp"
#include "engine/core/text_file.hpp"
#include "engine/core/thread_place.hpp"

namespace tonus::bench {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The value of the first line "key : value".
std::string_view value_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key) return trimmed(line.substr(colon + 1));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return {};
}

double number(std::string_view text) {
    double value = 0.0;
    text = trimmed(text);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string or_unknown(std::string_view text) { return text.empty() ? "unknown" : std::string{text}; }

// Those of Raspberry Pis, phones turned gateways, and cloud machines (Arm's MIDR part numbers).
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kArmParts{{
    {"0xd03", "Cortex-A53"}, {"0xd05", "Cortex-A55"}, {"0xd07", "Cortex-A57"}, {"0xd08", "Cortex-A72"},
    {"0xd09", "Cortex-A73"}, {"0xd0a", "Cortex-A75"}, {"0xd0b", "Cortex-A76"}, {"0xd0c", "Neoverse-N1"},
    {"0xd0d", "Cortex-A77"}, {"0xd40", "Neoverse-V1"}, {"0xd41", "Cortex-A78"}, {"0xd49", "Neoverse-N2"},
    {"0xd4f", "Neoverse-V2"}, {"0xc07", "Cortex-A7"},
}};

std::string arm_core(const std::string& cpuinfo) {
    const std::string_view part = value_of(cpuinfo, "CPU part");
    if (value_of(cpuinfo, "CPU implementer") == "0x41") {
        for (const auto& [number, name] : kArmParts) {
            if (part == number) return std::string{name};
        }
    }
    return part.empty() ? "" : fmt::format("Arm core {}", part);
}

int n_processors(const std::string& cpuinfo) {
    int n = 0;
    for (std::size_t at = cpuinfo.find("processor"); at != std::string::npos; at = cpuinfo.find("processor", at + 1)) {
        n += at == 0 || cpuinfo[at - 1] == '\n' ? 1 : 0;
    }
    return n;
}

std::string container_of(Files& files) {
    if (files.exists("/.dockerenv")) return "docker";
    if (files.exists("/run/.containerenv")) return "podman";
    const std::string groups = read_text_if_any(files, "/proc/1/cgroup") + read_text_if_any(files, "/proc/self/cgroup");
    for (const std::string_view name : {"kubepods", "docker", "lxc", "podman"}) {
        if (groups.find(name) != std::string::npos) return name == "kubepods" ? "kubernetes" : std::string{name};
    }
    return {};
}

std::string compiler_name() {
#if defined(__clang__)
    return fmt::format("clang {}.{}", __clang_major__, __clang_minor__);
#else
    return fmt::format("g++ {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
}

}  // namespace

std::string cpu_name(const std::string& cpuinfo) {
    if (const std::string_view name = value_of(cpuinfo, "model name"); !name.empty()) return std::string{name};
    const std::string core = arm_core(cpuinfo);
    const std::string_view board = value_of(cpuinfo, "Model");
    if (!board.empty()) return core.empty() ? std::string{board} : fmt::format("{} ({})", board, core);
    if (!core.empty()) return core;
    return or_unknown(value_of(cpuinfo, "Hardware"));
}

double cpu_quota(const std::string& cpu_max) {
    const std::size_t space = cpu_max.find(' ');
    if (space == std::string::npos || cpu_max.starts_with("max")) return 0.0;
    const double period = number(std::string_view{cpu_max}.substr(space));
    return period > 0.0 ? number(std::string_view{cpu_max}.substr(0, space)) / period : 0.0;
}

Machine this_machine(Files& files) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cpufreq/";
    const std::string cpuinfo = read_text_if_any(files, "/proc/cpuinfo");
    Machine machine;
    machine.cpu = cpu_name(cpuinfo);
    machine.instruction_set = instruction_set();
    machine.n_cores = n_processors(cpuinfo);
    machine.n_usable = static_cast<int>(usable_cpus().size());
    machine.cpu_quota = cpu_quota(read_text_if_any(files, "/sys/fs/cgroup/cpu.max"));
    machine.governor = or_unknown(trimmed(read_text_if_any(files, folder + "scaling_governor")));
    machine.clock_mhz = 1e-3 * number(read_text_if_any(files, folder + "scaling_cur_freq"));
    if (machine.clock_mhz == 0.0) machine.clock_mhz = number(value_of(cpuinfo, "cpu MHz"));
    machine.clock_max_mhz = 1e-3 * number(read_text_if_any(files, folder + "cpuinfo_max_freq"));
    machine.memory_mib = number(value_of(read_text_if_any(files, "/proc/meminfo"), "MemTotal")) / 1024.0;
    machine.system = or_unknown(trimmed(read_text_if_any(files, "/proc/sys/kernel/osrelease")));
    machine.container = container_of(files);
    machine.compiler = compiler_name();
    machine.build = TONUS_BUILD_TYPE;
    machine.commit = TONUS_COMMIT;
    return machine;
}

}  // namespace tonus::bench
