#include "drivers/driver/emulator_host.hpp"

#include <array>
#include <filesystem>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPieceBytes = 4096;
constexpr std::int64_t kStepNs = 1'000'000, kDialPauseNs = 1'000'000'000;

}  // namespace

EmulatorHost::EmulatorHost(EmulatedLink& link, Clock& clock, std::string path)
    : link_(link), clock_(clock), path_(std::move(path)), origin_ns_(clock.now_ns()), lines_(link.lines().size()) {
    for (std::size_t line = 0; line < lines_.size(); ++line) plug(line);
    plugged_ = true;
}

EmulatorHost::~EmulatorHost() {
    for (std::size_t line = 0; line < lines_.size(); ++line) unplug(line);
}

std::string EmulatorHost::address() const {
    const EmulatorLine& first = link_.lines()[0];
    if (first.kind == LineKind::serial) return path_.empty() ? lines_[0].path : path_;
    return first.kind == LineKind::tcp_listens ? "127.0.0.1" : "";
}

void EmulatorHost::plug(std::size_t line) {
    const EmulatorLine& what = link_.lines()[line];
    Line& at = lines_[line];
    if (what.kind == LineKind::tcp_listens) at.listener.emplace(what.port, Reach::this_machine);
    if (what.kind == LineKind::udp) at.stream = send_udp(what.port);
    if (what.kind == LineKind::serial) {
        PseudoTerminal terminal = make_pseudo_terminal();
        at.stream = std::move(terminal.device_end);
        at.path = terminal.path;
        if (!path_.empty()) {
            std::filesystem::remove(path_);
            std::filesystem::create_symlink(at.path, path_);
        }
    }
    if (at.stream) link_.connect(line, true);
}

void EmulatorHost::unplug(std::size_t line) {
    const bool has_link = !path_.empty() && link_.lines()[line].kind == LineKind::serial;
    std::error_code ignored;
    if (has_link) std::filesystem::remove(path_, ignored);
    lines_[line] = Line{};
}

/// Network lines come and go with the host's programs.
void EmulatorHost::reach(std::size_t line) {
    Line& at = lines_[line];
    const EmulatorLine& what = link_.lines()[line];
    if (at.listener) {
        at.stream = at.listener->accept(milliseconds{0});
    } else if (what.kind == LineKind::tcp_dials && clock_.now_ns() >= at.next_try_ns) {
        at.next_try_ns = clock_.now_ns() + kDialPauseNs;
        try {
            at.stream = connect_tcp("127.0.0.1", what.port, milliseconds{100});
        } catch (const Error&) {
            return;  // nobody listens yet: it dials again, as the device does
        }
    }
    if (at.stream) link_.connect(line, true);
}

void EmulatorHost::carry(std::size_t line) {
    Line& at = lines_[line];
    std::array<std::byte, kPieceBytes> piece;
    StreamResult heard = at.stream->read(piece, milliseconds{0});
    for (; heard.status == StreamStatus::ok && heard.n_bytes > 0; heard = at.stream->read(piece, milliseconds{0})) {
        link_.hear(line, std::span{piece}.first(heard.n_bytes));
    }
    const bool is_network = link_.lines()[line].kind != LineKind::serial;
    if (!is_network && heard.status == StreamStatus::closed) {
        // Nobody has the port open: a UART sends all the same, and what nobody hears is gone.
        at.pending.clear();
        while (!link_.take(line, kPieceBytes).empty()) {}
        return;
    }
    do {
        if (at.pending.empty()) at.pending = link_.take(line, kPieceBytes);
        if (at.pending.empty()) break;
        const StreamResult sent = at.stream->write(at.pending, milliseconds{0});
        at.pending.erase(at.pending.begin(), at.pending.begin() + static_cast<std::ptrdiff_t>(sent.n_bytes));
    } while (at.pending.empty());
    if (is_network && (heard.status == StreamStatus::closed || link_.has_hung_up(line))) {
        at.stream.reset();
        at.pending.clear();
        link_.connect(line, false);
    }
}

void EmulatorHost::step() {
    const std::int64_t now_ns = clock_.now_ns();
    link_.advance(now_ns - origin_ns_);
    if (link_.is_plugged() != plugged_) {
        plugged_ = link_.is_plugged();
        for (std::size_t line = 0; line < lines_.size(); ++line) plugged_ ? plug(line) : unplug(line);
    }
    for (std::size_t line = 0; plugged_ && line < lines_.size(); ++line) {
        if (!lines_[line].stream) reach(line);
        if (lines_[line].stream) carry(line);
    }
    clock_.sleep_until(now_ns + kStepNs);
}

}  // namespace tonus
