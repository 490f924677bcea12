#include "engine/pipeline/paced_device.hpp"

#include <algorithm>

namespace tonus {

void PacedDevice::Held::push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept {
    pieces.push_back({stream, first_index, frames, bytes.size()});
    const std::span<const std::byte> data = frames.bytes();
    bytes.insert(bytes.end(), data.begin(), data.end());
}

bool PacedDevice::refill() noexcept {
    held_.pieces.clear();
    held_.bytes.clear();
    held_.n_given = 0;
    while (held_.pieces.empty()) {
        last_ = device_.read(held_, std::chrono::milliseconds{0});
        if (last_ == ReadStatus::ended || last_ == ReadStatus::lost) {
            ended_ = true;
            return !held_.pieces.empty();
        }
        if (last_ == ReadStatus::idle) return false;
    }
    return true;
}

ReadStatus PacedDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    // Time runs from the first read: between start() and that the threads and their memory are made.
    if (!origin_ns_) origin_ns_ = clock_.now_ns();
    const std::int64_t begin_ns = clock_.now_ns() - *origin_ns_;
    const std::int64_t until_ns = begin_ns + std::chrono::nanoseconds{timeout}.count();
    std::int64_t now_ns = begin_ns;
    bool any = false;
    for (;;) {
        if (held_.n_given == held_.pieces.size() && (ended_ || !refill())) {
            if (ended_) return last_;
            return any ? ReadStatus::frames : ReadStatus::idle;
        }
        const Held::Piece& piece = held_.pieces[held_.n_given];
        if (piece.frames.arrival_ns > now_ns) {
            if (any) return ReadStatus::frames;
            clock_.sleep_until(*origin_ns_ + std::min(piece.frames.arrival_ns, until_ns));
            now_ns = clock_.now_ns() - *origin_ns_;
            if (piece.frames.arrival_ns > now_ns) return ReadStatus::idle;
        }
        RawFrames frames = piece.frames;
        frames.data = held_.bytes.data() + piece.offset;
        sink.push(piece.stream, piece.first_index, frames);
        ++held_.n_given;
        any = true;
    }
}

}  // namespace tonus
