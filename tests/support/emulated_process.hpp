#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <unistd.h>

namespace tonus::test {

/// `tonus emulate` in the background, until its duration is over.
class Emulated {
public:
    Emulated(const std::string& device, int duration_s, const std::string& subject = "subject=7&task=reps")
        : file_(std::filesystem::temp_directory_path() / ("tonus_emulate_" + std::to_string(getpid()) + "_" + std::to_string(n_made()++))) {
        std::filesystem::remove(file_);
        const std::string line = std::string{TONUS_BINARY} + " emulate '" + device + "' --subject '" + subject + "' --duration " +
                                 std::to_string(duration_s) + " >" + file_.string() + " 2>&1 &";
        started_ = std::system(line.c_str()) == 0;
        for (int i = 0; i < 500 && address().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    ~Emulated() { std::filesystem::remove(file_); }

    std::string address() const {
        std::ifstream in{file_};
        std::string line;
        std::getline(in, line);
        return in.good() && started_ ? line : "";
    }

private:
    static int& n_made() {
        static int n = 0;
        return n;
    }

    std::filesystem::path file_;
    bool started_ = false;
};

}  // namespace tonus::test
