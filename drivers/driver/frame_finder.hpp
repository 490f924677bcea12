#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tonus {

/// What stands at the front of the bytes.
struct FrameMatch {
    enum class Kind {
        frame,     ///< a whole one, of n_bytes
        no_frame,  ///< none begins here: go on with the next byte
        more,      ///< cannot be said before more bytes have come
    };
    Kind kind = Kind::no_frame;
    std::size_t n_bytes = 0;

    static constexpr FrameMatch frame(std::size_t n) noexcept { return {Kind::frame, n}; }
    static constexpr FrameMatch none() noexcept { return {Kind::no_frame, 0}; }
    static constexpr FrameMatch more() noexcept { return {Kind::more, 0}; }
};

/// Cuts a stream of bytes into frames. After bytes that are none it looks again at every byte, so a
/// false beginning in noise costs no good frame that lies behind it (reliability F2).
///
/// Input      bytes, however they were cut: the frames are the same.
/// Account    bytes in = used() + skipped() + waiting().
/// Real time  feed() does not allocate, lock, throw or call the system.
class FrameFinder {
public:
    /// @param n_bytes_max  the most that a match may want to see before it decides
    explicit FrameFinder(std::size_t n_bytes_max) : n_bytes_max_(n_bytes_max) { bytes_.reserve(2 * n_bytes_max); }

    /// @param match  FrameMatch(std::span<const std::byte> front, bool in_step): what stands at the
    ///               front; in_step is true where a frame has just ended, or at the beginning
    /// @param use    void(std::span<const std::byte> frame)
    template <class Match, class Use>
    void feed(std::span<const std::byte> bytes, Match match, Use use) {
        while (!bytes.empty()) {
            const std::size_t n = std::min(bytes.size(), bytes_.capacity() - bytes_.size());
            bytes_.insert(bytes_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
            bytes = bytes.subspan(n);
            look(match, use);
        }
    }

    /// Begins anew, as at the beginning of a stream. What waits is skipped.
    void restart() noexcept {
        n_skipped_ += bytes_.size();
        bytes_.clear();
        in_step_ = true;
    }

    std::uint64_t used() const noexcept { return n_used_; }
    std::uint64_t skipped() const noexcept { return n_skipped_; }
    std::size_t waiting() const noexcept { return bytes_.size(); }

private:
    template <class Match, class Use>
    void look(Match& match, Use& use) {
        std::size_t at = 0;
        while (at < bytes_.size()) {
            const std::span<const std::byte> front = std::span{bytes_}.subspan(at);
            const FrameMatch found = match(front, in_step_);
            if (found.kind == FrameMatch::Kind::frame) {
                use(front.first(found.n_bytes));
                at += found.n_bytes;
                n_used_ += found.n_bytes;
                in_step_ = true;
            } else if (found.kind == FrameMatch::Kind::no_frame || front.size() >= n_bytes_max_) {
                ++at;
                ++n_skipped_;
                in_step_ = false;
            } else {
                break;
            }
        }
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
    }

    std::size_t n_bytes_max_;
    std::vector<std::byte> bytes_;
    std::uint64_t n_used_ = 0;
    std::uint64_t n_skipped_ = 0;
    bool in_step_ = true;
};

}  // namespace tonus
