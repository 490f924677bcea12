#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace tonus::test {

/// liblsl looks at the whole network unless it is told otherwise. Each process is a network of its own,
/// so that tests at the same time do not see each other.
inline void keep_lsl_to_this_machine() {
    static const std::string path = [] {
        const std::string file = (std::filesystem::temp_directory_path() / ("tonus_lsl_" + std::to_string(getpid()) + ".cfg")).string();
        std::ofstream{file} << "[multicast]\nResolveScope = machine\n[ports]\nIPv6 = disable\n[lab]\nKnownPeers = {127.0.0.1}\nSessionID = tonus"
                            << getpid() << "\n[log]\nlevel = -3\n";
        setenv("LSLAPICFG", file.c_str(), 1);
        std::atexit([] { std::filesystem::remove(std::getenv("LSLAPICFG")); });
        return file;
    }();
}

/// The stub, and the real liblsl where TONUS_LIBLSL or PYLSL_LIB names one.
inline std::vector<std::string> lsl_libraries() {
    keep_lsl_to_this_machine();
    std::vector<std::string> paths{TONUS_LSL_STUB};
    for (const char* variable : {"TONUS_LIBLSL", "PYLSL_LIB"}) {
        const char* const path = std::getenv(variable);
        if (path == nullptr || *path == '\0') continue;
        paths.emplace_back(path);
        break;
    }
    return paths;
}

}  // namespace tonus::test
