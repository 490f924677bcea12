#include "tools/tonus/terminal.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/core/clock.hpp"

namespace tonus::cli {
namespace {

constexpr std::int64_t kFirstShownNs = 700'000'000;
constexpr std::int64_t kRedrawNs = 100'000'000;
constexpr std::size_t kBarColumns = 30;

std::atomic<bool> interrupt_seen{false};

void on_signal(int) {
    interrupt_seen.store(true, std::memory_order_relaxed);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

bool is_terminal(std::FILE* file) {
    const char* term = std::getenv("TERM");
    return isatty(fileno(file)) != 0 && (term == nullptr || std::string{term} != "dumb");
}

std::size_t terminal_width(std::FILE* file) {
    winsize size{};
    if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

const std::atomic<bool>& interrupted() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    return interrupt_seen;
}

ProgressBar::ProgressBar(std::string what, bool wanted)
    : what_(std::move(what)),
      wanted_(wanted && is_terminal(stderr)),
      begin_ns_(SystemClock{}.now_ns()) {}

ProgressBar::~ProgressBar() {
    if (on_screen_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::show(double part) {
    const std::int64_t now_ns = SystemClock{}.now_ns();
    if (!wanted_ || now_ns - begin_ns_ < kFirstShownNs || now_ns - drawn_ns_ < kRedrawNs) return;
    drawn_ns_ = now_ns;
    on_screen_ = true;
    const double elapsed_s = static_cast<double>(now_ns - begin_ns_) * 1e-9;
    if (part <= 0.0) {
        fmt::print(stderr, "\r\x1b[K{}  {:.0f} s", what_, elapsed_s);
        return;
    }
    const auto filled = static_cast<std::size_t>(std::min(part, 1.0) * static_cast<double>(kBarColumns));
    std::string bar;
    for (std::size_t i = 0; i < kBarColumns; ++i) bar += i < filled ? "█" : "░";
    fmt::print(stderr, "\r\x1b[K{}  {} {:3.0f} %  {:.0f} s left", what_, bar, 100.0 * part,
               elapsed_s * (1.0 - part) / part);
}

}  // namespace tonus::cli
