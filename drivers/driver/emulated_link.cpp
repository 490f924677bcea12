#include "drivers/driver/emulated_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tonus {
namespace {

constexpr std::array kOptions{
    DriverOption{"lost", "0 to 1, 0", "fraction of the frames that never come"},
    DriverOption{"repeated", "0 to 1, 0", "fraction of the frames that come twice"},
    DriverOption{"swapped", "0 to 1, 0", "fraction of the frames that the next one overtakes"},
    DriverOption{"corrupt", "0 to 1, 0", "fraction of the frames in which one bit is turned round"},
    DriverOption{"garbled", "0 to 1, 0", "fraction of the frames of which up to eight bytes become noise"},
    DriverOption{"stall", "3-3.5,... (s)", "nothing comes, then all of it at once"},
    DriverOption{"unplug", "5-7,... (s)", "the device is gone, and comes back"},
    DriverOption{"skew_ppm", "ppm, 0", "how much faster the device's clock runs"},
    DriverOption{"jitter_ms", "0 to 1000, 0", "how long what is sent in 20 ms may be held back"},
    DriverOption{"seed", "number, 0", "which frames the faults befall"},
};

constexpr std::int64_t kRadioPacketNs = 20'000'000;

bool take_number(const char*& at, const char* end, double& value) {
    const auto [next, code] = std::from_chars(at, end, value);
    at = next;
    return code == std::errc{} && value >= 0.0;
}

std::vector<LinkSpan> spans_of(const SourceUrl& url, std::string_view name) {
    const std::string text = url.text_option(name, "");
    std::vector<LinkSpan> spans;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        LinkSpan span;
        const bool good = take_number(at, end, span.from_s) && at != end && *at++ == '-' &&
                          take_number(at, end, span.to_s) && span.to_s > span.from_s && (at == end || *at++ == ',');
        if (!good) throw url.bad(name, "is not from-to,from-to in seconds, such as 5-7 or 3-3.5,8-9");
        spans.push_back(span);
    }
    return spans;
}

}  // namespace

std::span<const DriverOption> link_fault_options() noexcept { return kOptions; }

LinkFaults parse_link_faults(const SourceUrl& url) {
    return {.lost = url.number("lost", 0.0, 0.0, 1.0),
            .repeated = url.number("repeated", 0.0, 0.0, 1.0),
            .swapped = url.number("swapped", 0.0, 0.0, 1.0),
            .corrupt = url.number("corrupt", 0.0, 0.0, 1.0),
            .garbled = url.number("garbled", 0.0, 0.0, 1.0),
            .stalls = spans_of(url, "stall"),
            .unplugs = spans_of(url, "unplug"),
            .skew_ppm = url.number("skew_ppm", 0.0, -10000.0, 10000.0),
            .jitter_ms = url.number("jitter_ms", 0.0, 0.0, 1000.0),
            .seed = static_cast<std::uint64_t>(url.number("seed", 0.0, 0.0, 1e15))};
}

EmulatedLink::EmulatedLink(std::unique_ptr<Emulator> emulator, LinkFaults faults, FrameSink* truth)
    : emulator_(std::move(emulator)),
      faults_(std::move(faults)),
      truth_(truth),
      lines_(emulator_->lines().size()),
      random_(faults_.seed) {}

bool EmulatedLink::within(const std::vector<LinkSpan>& spans) const noexcept {
    const double t_s = static_cast<double>(device_ns_) * 1e-9;
    return std::any_of(spans.begin(), spans.end(), [t_s](const LinkSpan& s) { return t_s >= s.from_s && t_s < s.to_s; });
}

void EmulatedLink::advance(std::int64_t now_ns) {
    // In whole nanoseconds twice: a double of hours in nanoseconds is too coarse.
    device_ns_ = now_ns + static_cast<std::int64_t>(static_cast<double>(now_ns) * 1e-6 * faults_.skew_ppm);
    if (!is_plugged()) {
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            if (lines_[line].open) connect(line, false);
        }
    }
    emulator_->advance(device_ns_, *this);
}

void EmulatedLink::connect(std::size_t line, bool is_open) {
    lines_[line] = Line{};
    lines_[line].open = is_open;
    emulator_->connected(line, is_open, *this);
}

void EmulatedLink::put(std::size_t line, std::span<const std::byte> bytes) {
    Line& to = lines_[line];
    if (!to.open || to.waiting.size() + bytes.size() > kWaitingBytesMax) return;
    to.waiting.insert(to.waiting.end(), bytes.begin(), bytes.end());
    if (faults_.jitter_ms > 0.0 && device_ns_ >= to.hold_until_ns) {
        to.held_back_ns = static_cast<std::int64_t>(random_.uniform() * faults_.jitter_ms * 1e6);
        to.hold_until_ns = device_ns_ + kRadioPacketNs;
    }
    const std::int64_t after_ns = to.pieces.empty() ? 0 : to.pieces.back().due_ns;
    to.pieces.push_back({bytes.size(), std::max(device_ns_ + to.held_back_ns, after_ns)});
}

void EmulatedLink::damage(std::span<std::byte> frame) noexcept {
    constexpr std::uint64_t kNoiseBytesMax = 8;
    if (happens(faults_.corrupt)) {
        ++account_.n_corrupt;
        frame[random_.below(frame.size())] ^= static_cast<std::byte>(1u << random_.below(8));
    }
    if (happens(faults_.garbled)) {
        ++account_.n_garbled;
        const std::size_t at = random_.below(frame.size());
        const std::size_t n = std::min<std::size_t>(1 + random_.below(kNoiseBytesMax), frame.size() - at);
        for (std::byte& byte : frame.subspan(at, n)) byte = static_cast<std::byte>(random_.below(256));
    }
}

void EmulatedLink::frame(std::size_t line, std::span<const std::byte> bytes) {
    ++account_.n_frames;
    if (happens(faults_.lost)) {
        ++account_.n_lost;
        return;
    }
    std::vector<std::byte> sent{bytes.begin(), bytes.end()};
    damage(sent);
    Line& to = lines_[line];
    if (to.overtaken.empty() && happens(faults_.swapped)) {
        ++account_.n_swapped;
        to.overtaken = std::move(sent);
        return;
    }
    const bool twice = happens(faults_.repeated);
    account_.n_repeated += twice;
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy) put(line, sent);
    if (!to.overtaken.empty()) put(line, std::exchange(to.overtaken, {}));
}

void EmulatedLink::truth(std::size_t stream, std::uint64_t index, RawFrames frame) {
    if (truth_ != nullptr) truth_->push(stream, index, frame);
}

std::vector<std::byte> EmulatedLink::take(std::size_t line, std::size_t n_bytes_max) {
    Line& from = lines_[line];
    const bool is_udp = lines()[line].kind == LineKind::udp;
    std::size_t n = 0, n_gone = 0;
    while (!within(faults_.stalls) && n < n_bytes_max && !from.pieces.empty() && from.pieces.front().due_ns <= device_ns_) {
        Line::Piece& piece = from.pieces.front();
        const std::size_t n_taken = std::min(piece.n_bytes, n_bytes_max - n);
        // What does not fit waits; of a datagram it is lost.
        const std::size_t n_used_up = is_udp ? piece.n_bytes : n_taken;
        n += n_taken;
        n_gone += n_used_up;
        piece.n_bytes -= n_used_up;
        if (piece.n_bytes == 0) from.pieces.pop_front();
        if (is_udp) break;
    }
    const auto begin = from.waiting.begin();
    std::vector<std::byte> taken{begin, begin + static_cast<std::ptrdiff_t>(n)};
    from.waiting.erase(begin, begin + static_cast<std::ptrdiff_t>(n_gone));
    return taken;
}

}  // namespace tonus
