#include "engine/sinks/result_ring.hpp"

#include <cstring>
#include <type_traits>

#include "engine/core/rate.hpp"

namespace tonus {
namespace {

enum class Tag : std::uint64_t { row, event };

// A row without its view: what goes through the ring as bytes.
struct RowHead {
    std::uint64_t tick;
    double time_s;
    std::int64_t arrival_ns;
    GroupTick groups;
    LoadState load;
    Reason load_reason;
};
static_assert(std::is_trivially_copyable_v<RowHead>);
static_assert(std::is_trivially_copyable_v<ChannelResult>);
static_assert(std::is_trivially_copyable_v<Event>);

std::size_t row_bytes(std::size_t n_channels) {
    return sizeof(Tag) + sizeof(RowHead) + n_channels * sizeof(ChannelResult);
}

template <class T>
std::byte* put(std::byte* to, const T& value) noexcept {
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

template <class T>
T take(const std::byte*& from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    from += sizeof value;
    return value;
}

}  // namespace

ResultRing::ResultRing(std::size_t n_channels, double seconds)
    : bytes_(static_cast<std::size_t>(seconds * static_cast<double>(kTicksPerSecond)) *
             RecordRing::stored_bytes(row_bytes(n_channels))),
      writer_(bytes_),
      reader_(bytes_),
      channels_(n_channels) {}

void ResultRing::row(const ResultRow& row) noexcept {
    const std::span<std::byte> room = writer_.reserve(row_bytes(row.channels.size()));
    if (room.empty()) {
        n_missed_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    std::byte* to = put(room.data(), Tag::row);
    to = put(to, RowHead{row.tick, row.time_s, row.arrival_ns, row.groups, row.load, row.load_reason});
    std::memcpy(to, row.channels.data(), row.channels.size_bytes());
    writer_.commit();
}

void ResultRing::event(const Event& event) noexcept {
    const std::span<std::byte> room = writer_.reserve(sizeof(Tag) + sizeof event);
    if (room.empty()) {
        n_missed_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    put(put(room.data(), Tag::event), event);
    writer_.commit();
}

bool ResultRing::drain(Sink& sink) noexcept {
    bool any = false;
    for (;;) {
        const std::span<const std::byte> record = reader_.front();
        if (record.empty()) return any;
        any = true;
        const std::byte* from = record.data();
        if (take<Tag>(from) == Tag::event) {
            sink.event(take<Event>(from));
        } else {
            const auto head = take<RowHead>(from);
            std::memcpy(channels_.data(), from, channels_.size() * sizeof(ChannelResult));
            newest_arrival_ns_ = head.arrival_ns;
            sink.row({head.tick, head.time_s, head.arrival_ns, head.groups, head.load,
                      head.load_reason, channels_});
        }
        reader_.pop();
    }
}

}  // namespace tonus
