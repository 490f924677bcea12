#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace tonus::cli {

bool is_terminal(std::FILE* file);
std::size_t terminal_width(std::FILE* file);

/// Set by the first Ctrl-C or termination signal; a second one ends the process at once.
const std::atomic<bool>& interrupted();

/// A line on standard error that shows how far a long run is. Silent unless that is a terminal,
/// and for its first moments: a run of a second needs none.
class ProgressBar {
public:
    explicit ProgressBar(std::string what, bool wanted);
    ~ProgressBar();

    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(double part);

private:
    std::string what_;
    bool wanted_;
    std::int64_t begin_ns_;
    std::int64_t drawn_ns_ = 0;
    bool on_screen_ = false;
};

}  // namespace tonus::cli
