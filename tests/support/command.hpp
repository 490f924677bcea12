#pragma once

#include <array>
#include <cstdio>
#include <string>

#include <sys/wait.h>

namespace tonus::test {

struct CommandResult {
    int exit_code = -1;
    std::string output;  ///< standard output and standard error together
};

/// Runs the built binary as a person would. Arguments are shell words.
inline CommandResult run_tonus(const std::string& arguments) {
    CommandResult result;
    const std::string line = std::string{TONUS_BINARY} + " " + arguments + " 2>&1 </dev/null";
    std::FILE* pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) return result;
    std::array<char, 4096> chunk;
    for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
        result.output.append(chunk.data(), n);
    }
    const int status = pclose(pipe);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

}  // namespace tonus::test
