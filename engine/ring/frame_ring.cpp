#include "engine/ring/frame_ring.hpp"

#include <algorithm>
#include <cstring>

namespace tonus {
namespace {

constexpr std::size_t kBytesMin = 64 * 1024;

std::size_t bytes_for(std::span<const StreamInfo> streams, double seconds, std::size_t header_bytes) {
    double bytes = 0.0;
    for (const StreamInfo& stream : streams) {
        // A device may send frame by frame: then every frame has its own header.
        bytes += stream.rate.hz() * seconds * static_cast<double>(RecordRing::stored_bytes(header_bytes + stream.frame_bytes()));
    }
    return std::max(static_cast<std::size_t>(bytes), kBytesMin);
}

}  // namespace

FrameRing::FrameRing(std::span<const StreamInfo> streams, double seconds)
    : bytes_(bytes_for(streams, seconds, sizeof(Header))), overrun_(streams.size()) {
    shapes_.reserve(streams.size());
    for (const StreamInfo& stream : streams) shapes_.push_back({stream.type, stream.channels.size()});
}

FrameRing::Writer::Writer(FrameRing& ring)
    : ring_(&ring), bytes_(ring.bytes_), overrun_pending_(ring.shapes_.size(), 0) {}

bool FrameRing::Writer::push(std::size_t stream, std::uint64_t first_index, const RawFrames& frames,
                             std::int64_t now_ns) noexcept {
    // A read may bring more than a record can hold: it goes in pieces of the same arrival.
    const std::size_t n_most = std::max<std::size_t>(
        1, (ring_->bytes_.record_bytes_max() / 4 - sizeof(Header)) / frames.frame_bytes());
    bool all_in = true;
    for (std::size_t done = 0; done < frames.n_frames;) {
        const RawFrames piece = frames.slice(done, std::min(n_most, frames.n_frames - done));
        const std::span<const std::byte> samples = piece.bytes();
        const std::span<std::byte> room = bytes_.reserve(sizeof(Header) + samples.size());
        if (room.empty()) {
            overrun_pending_[stream] += piece.n_frames;
            ring_->overrun_[stream].fetch_add(piece.n_frames, std::memory_order_relaxed);
            all_in = false;
        } else {
            const Header header{
                .first_index = first_index + done,
                .arrival_ns = piece.arrival_ns == kUnstamped ? now_ns : piece.arrival_ns,
                .overrun_before = overrun_pending_[stream],
                .stream = static_cast<std::uint16_t>(stream),
                .after_absence = piece.after_absence ? std::uint16_t{1} : std::uint16_t{0},
                .n_frames = static_cast<std::uint32_t>(piece.n_frames)};
            std::memcpy(room.data(), &header, sizeof header);
            std::memcpy(room.data() + sizeof header, samples.data(), samples.size());
            bytes_.commit();
            overrun_pending_[stream] = 0;
        }
        done += piece.n_frames;
    }
    return all_in;
}

void FrameRing::Writer::heard_until(std::int64_t session_ns) noexcept {
    ring_->heard_until_.store(session_ns, std::memory_order_release);
}

void FrameRing::Writer::finish() noexcept { ring_->finished_.store(true, std::memory_order_release); }

std::optional<FrameRecord> FrameRing::Reader::front() noexcept {
    const std::span<const std::byte> bytes = bytes_.front();
    if (bytes.empty()) return std::nullopt;
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    const Shape& shape = ring_->shapes_[header.stream];
    return FrameRecord{
        .stream = header.stream,
        .first_index = header.first_index,
        .overrun_before = header.overrun_before,
        .frames = {.type = shape.type,
                   .n_channels = shape.n_channels,
                   .n_frames = header.n_frames,
                   .data = bytes.data() + sizeof header,
                   .arrival_ns = header.arrival_ns,
                   .after_absence = header.after_absence != 0}};
}

}  // namespace tonus
