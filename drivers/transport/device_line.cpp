#include "drivers/transport/device_line.hpp"

#include <algorithm>

namespace tonus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWriteDeadline{1000};  // reliability F7

std::int64_t after(const Clock& clock, milliseconds time) noexcept {
    return clock.now_ns() + std::chrono::nanoseconds{time}.count();
}

/// Rounded up: a wait of no time at all would never see the deadline.
milliseconds left(const Clock& clock, std::int64_t deadline_ns) noexcept {
    const std::int64_t left_ns = deadline_ns - clock.now_ns();
    return milliseconds{std::max<std::int64_t>((left_ns + 999'999) / 1'000'000, 0)};
}

}  // namespace

DeviceLine::DeviceLine(std::unique_ptr<ByteStream> stream, Clock& clock)
    : stream_(std::move(stream)), clock_(clock), buffer_(kReadBytesMax) {}

std::size_t DeviceLine::fill(milliseconds timeout) noexcept {
    if (closed_ || n_held_ == buffer_.size()) return 0;
    const StreamResult result = stream_->read(std::span{buffer_}.subspan(n_held_), timeout);
    n_held_ += result.n_bytes;
    closed_ = result.status == StreamStatus::closed;
    return result.n_bytes;
}

std::span<const std::byte> DeviceLine::read(milliseconds timeout) noexcept {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(n_given_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(n_held_), buffer_.begin());
    n_held_ -= n_given_;
    if (n_held_ == 0) fill(timeout);
    while (fill(milliseconds{0}) > 0) {}
    n_given_ = n_held_;
    return std::span{buffer_}.first(n_held_);
}

bool DeviceLine::send(std::span<const std::byte> bytes) noexcept {
    const StreamResult result = stream_->write(bytes, kWriteDeadline);
    closed_ = closed_ || result.status == StreamStatus::closed;
    return result.status == StreamStatus::ok;
}

void DeviceLine::drain(milliseconds quiet, milliseconds most) noexcept {
    const std::int64_t end_ns = after(clock_, most);
    std::int64_t quiet_until_ns = after(clock_, quiet);
    while (!closed_ && clock_.now_ns() < std::min(end_ns, quiet_until_ns)) {
        if (!read(left(clock_, std::min(end_ns, quiet_until_ns))).empty()) quiet_until_ns = after(clock_, quiet);
    }
}

std::optional<std::string> DeviceLine::read_until(std::string_view end, milliseconds timeout) {
    const std::int64_t deadline_ns = after(clock_, timeout);
    std::string text;
    while (true) {
        const std::span<const std::byte> bytes = read(left(clock_, deadline_ns));
        const std::size_t n_before = text.size();
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const std::size_t found = text.find(end, n_before - std::min(n_before, end.size() - 1));
        if (found != std::string::npos) {
            n_given_ = found + end.size() - n_before;
            text.resize(found + end.size());
            return text;
        }
        if (closed_ || clock_.now_ns() >= deadline_ns || text.size() > kReadBytesMax) return std::nullopt;
    }
}

std::optional<std::vector<std::byte>> DeviceLine::read_exactly(std::size_t n_bytes, milliseconds timeout) {
    const std::int64_t deadline_ns = after(clock_, timeout);
    std::vector<std::byte> all;
    while (true) {
        const std::span<const std::byte> bytes = read(left(clock_, deadline_ns));
        const std::size_t n_taken = std::min(bytes.size(), n_bytes - all.size());
        all.insert(all.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n_taken));
        n_given_ = n_taken;
        if (all.size() == n_bytes) return all;
        if (closed_ || clock_.now_ns() >= deadline_ns) return std::nullopt;
    }
}

}  // namespace tonus
