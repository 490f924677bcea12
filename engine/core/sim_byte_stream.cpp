#include "engine/core/sim_byte_stream.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

void check(const std::vector<SimLineEvent>& script) {
    for (std::size_t i = 1; i < script.size(); ++i) {
        if (script[i].at_ns < script[i - 1].at_ns) {
            throw usage_error(fmt::format("event {} of the line comes before the one it follows", i));
        }
        if (script[i - 1].hang_up) {
            throw usage_error(fmt::format("event {} of the line comes after its hang-up", i));
        }
    }
}

}  // namespace

SimByteStream::SimByteStream(SimLineConfig config, VirtualClock& clock)
    : config_(std::move(config)), clock_(clock) {
    check(config_.script);
    std::size_t n_bytes = 0;
    for (const SimLineEvent& event : config_.script) n_bytes += event.bytes.size();
    waiting_.reserve(n_bytes);
}

StreamResult SimByteStream::read(std::span<std::byte> into,
                                 std::chrono::milliseconds timeout) noexcept {
    const std::int64_t deadline_ns = clock_.now_ns() + std::chrono::nanoseconds{timeout}.count();
    take_due_events();
    while (n_read_ == waiting_.size() && !hung_up_) {
        const bool comes_in_time = next_event_ < config_.script.size() &&
                                   config_.script[next_event_].at_ns <= deadline_ns;
        const std::int64_t until_ns =
            comes_in_time ? config_.script[next_event_].at_ns : deadline_ns;
        clock_.advance(std::chrono::nanoseconds{std::max<std::int64_t>(until_ns - clock_.now_ns(), 0)});
        if (!comes_in_time) return {StreamStatus::timeout, 0};
        take_due_events();
    }
    const std::size_t n =
        std::min({into.size(), waiting_.size() - n_read_, config_.read_bytes_max});
    std::copy_n(waiting_.begin() + static_cast<std::ptrdiff_t>(n_read_), n, into.begin());
    n_read_ += n;
    const bool at_end = n_read_ == waiting_.size() && hung_up_;
    return {n == 0 && at_end ? StreamStatus::closed : StreamStatus::ok, n};
}

StreamResult SimByteStream::write(std::span<const std::byte> bytes,
                                  std::chrono::milliseconds timeout) noexcept {
    take_due_events();
    if (hung_up_) return {StreamStatus::closed, 0};
    const std::size_t n = std::min(bytes.size(), config_.write_bytes_max);
    written_.insert(written_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    if (n == bytes.size()) return {StreamStatus::ok, n};
    clock_.advance(timeout);
    return {StreamStatus::timeout, n};
}

void SimByteStream::take_due_events() noexcept {
    while (next_event_ < config_.script.size() &&
           config_.script[next_event_].at_ns <= clock_.now_ns()) {
        const SimLineEvent& event = config_.script[next_event_++];
        waiting_.insert(waiting_.end(), event.bytes.begin(), event.bytes.end());
        hung_up_ = hung_up_ || event.hang_up;
    }
}

}  // namespace tonus
