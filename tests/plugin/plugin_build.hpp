#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "tests/support/project_folder.hpp"

namespace tonus::test {

/// A new folder for libraries, which stays until the process ends: one that is loaded stays loaded, and a file
/// that comes to lie where its file lay on the disk would be taken for it.
inline std::filesystem::path library_folder() {
    static const struct Kept {
        std::filesystem::path path = std::filesystem::temp_directory_path() / ("tonus_plugins_" + std::to_string(getpid()));
        ~Kept() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    } kept;
    static int n_made = 0;
    const std::filesystem::path folder = kept.path / std::to_string(n_made++);
    std::filesystem::create_directories(folder);
    return folder;
}

/// Runs a shell command in the project's folder. True when it went well.
inline bool in_project(const std::string& command) { return std::system(("cd '" + project_folder().string() + "' && " + command).c_str()) == 0; }

/// Builds the example by the line of its README, as a lab would; where it lies is all that differs.
inline bool build_example(const std::string& library) {
    std::ifstream readme{project_folder().string() + "/drivers/plugin/README.md"};
    for (std::string line; std::getline(readme, line);) {
        const std::size_t begin = line.find("cc "), out = line.find("-o ramp.so");
        if (begin == std::string::npos || out == std::string::npos) continue;
        return in_project(line.substr(begin).replace(out - begin, 10, "-o '" + library + "'"));
    }
    return false;
}

/// Builds the example with one thing wrong: a number or a name of misdeeds.c.
inline bool build_misdeed(int misdeed, const std::string& library) {
    return in_project("cc -std=c99 -shared -fPIC -I . -I drivers/plugin -DMISDEED=" + std::to_string(misdeed) + " -o '" + library +
                      "' tests/plugin/misdeeds.c");
}

}  // namespace tonus::test
