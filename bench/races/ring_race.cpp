#include "bench/races/ring_race.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>

#include <boost/lockfree/spsc_queue.hpp>

#include "bench/races/lamport_queue.hpp"
#include "engine/ring/record_ring.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kBulk = 256;        // items handed over at once
constexpr std::size_t kCapacity = 16384;  // items

using Clock = std::chrono::steady_clock;
using Small = std::uint64_t;
using Frame = std::array<std::uint64_t, 8>;

/// Runs both ends for a while, the other's on a thread of its own. Each returns how much it did; what `mine`
/// did per second comes back.
template <class Other, class Mine>
double rate(double seconds, Other&& other, Mine&& mine) {
    std::atomic<bool> there{false}, stop{false};
    std::thread thread{[&] {
        there.store(true, std::memory_order_release);
        while (!stop.load(std::memory_order_relaxed)) other();
    }};
    while (!there.load(std::memory_order_acquire)) {}
    const Clock::time_point begin = Clock::now();
    double passed = 0.0;
    std::size_t done = 0;
    while (passed < seconds) {
        for (int i = 0; i < 100; ++i) done += mine();
        passed = std::chrono::duration<double>(Clock::now() - begin).count();
    }
    stop.store(true, std::memory_order_relaxed);
    thread.join();
    return static_cast<double>(done) / passed;
}

// Every consumer reads all it is given, or the ring that hands over pointers would win by not looking.
template <class Item>
std::uint64_t seen_of(const Item* items, std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t first;
        std::memcpy(&first, items + i, sizeof first);
        sum += first;
    }
    return sum;
}
std::atomic<std::uint64_t> checksum{0};

template <class Item>
double ours_bulk(double seconds) {
    RecordRing ring{kCapacity * sizeof(Item)};
    RecordRing::Writer writer{ring};
    RecordRing::Reader reader{ring};
    const std::array<Item, kBulk> from{};
    std::uint64_t seen = 0;
    const auto write = [&] {
        const std::span<std::byte> room = writer.reserve(sizeof from);
        if (room.empty()) return;
        std::memcpy(room.data(), from.data(), sizeof from);
        writer.commit();
    };
    const auto read = [&]() -> std::size_t {
        const std::span<const std::byte> record = reader.front();
        if (record.empty()) return 0;
        seen += seen_of(reinterpret_cast<const Item*>(record.data()), kBulk);
        reader.pop();
        return kBulk;
    };
    const double r = rate(seconds, write, read);
    checksum += seen;
    return r;
}

template <class Item>
double boost_bulk(double seconds) {
    const auto queue = std::make_unique<boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<kCapacity>>>();
    const std::array<Item, kBulk> from{};
    std::array<Item, kBulk> to{};
    std::uint64_t seen = 0;
    const double r = rate(seconds, [&] { queue->push(from.data(), kBulk); }, [&] {
        const std::size_t n = queue->pop(to.data(), kBulk);
        seen += seen_of(to.data(), n);
        return n;
    });
    checksum += seen;
    return r;
}

template <class Item>
double lamport_single(double seconds) {
    const auto queue = std::make_unique<LamportQueue<Item, kCapacity>>();
    const Item from{};
    Item to{};
    std::uint64_t seen = 0;
    const double r = rate(seconds, [&] { queue->push(from); }, [&]() -> std::size_t {
        if (!queue->pop(to)) return 0;
        seen += seen_of(&to, 1);
        return 1;
    });
    checksum += seen;
    return r;
}

/// There and back, ns, the echo on a thread of its own and both ends spinning. `put` and `take` are told
/// which of the two queues; both are false where there is no room or nothing.
template <class Put, class Take>
double round_trip_ns(double seconds, Put&& put, Take&& take) {
    bool is_away = false;
    return 1e9 / rate(seconds, [&] {
        if (take(0)) put(1);
    }, [&]() -> std::size_t {
        if (!is_away) is_away = put(0);
        if (!take(1)) return 0;
        is_away = put(0);
        return 1;
    });
}

double ours_round_trip_ns(double seconds) {
    std::array<RecordRing, 2> rings{RecordRing{4096}, RecordRing{4096}};
    std::array<RecordRing::Writer, 2> writers{RecordRing::Writer{rings[0]}, RecordRing::Writer{rings[1]}};
    std::array<RecordRing::Reader, 2> readers{RecordRing::Reader{rings[0]}, RecordRing::Reader{rings[1]}};
    return round_trip_ns(seconds, [&](std::size_t i) {
        const std::span<std::byte> room = writers[i].reserve(sizeof(Small));
        if (room.empty()) return false;
        std::memset(room.data(), 1, sizeof(Small));
        writers[i].commit();
        return true;
    }, [&](std::size_t i) {
        if (readers[i].front().empty()) return false;
        readers[i].pop();
        return true;
    });
}

template <class Queue>
double queue_round_trip_ns(double seconds) {
    const auto queues = std::make_unique<std::array<Queue, 2>>();
    std::array<Small, 16> got{};  // one a thread, a cache line apart
    return round_trip_ns(seconds, [&](std::size_t i) { return (*queues)[i].push(Small{1}); }, [&](std::size_t i) { return (*queues)[i].pop(got[8 * i]); });
}

/// Keeps the better.
void join(RingRates& best, const RingRates& now) {
    best.items_per_s = std::max(best.items_per_s, now.items_per_s);
    best.frames_per_s = std::max(best.frames_per_s, now.frames_per_s);
    best.round_trip_ns = best.round_trip_ns == 0.0 ? now.round_trip_ns : std::min(best.round_trip_ns, now.round_trip_ns);
}

}  // namespace

RingRace race_rings(int n_rounds, double round_s) {
    RingRace race;
    for (int i = 0; i < n_rounds; ++i) {
        join(race.ours, {ours_bulk<Small>(round_s), ours_bulk<Frame>(round_s), ours_round_trip_ns(round_s)});
        join(race.boost, {boost_bulk<Small>(round_s), boost_bulk<Frame>(round_s),
                          queue_round_trip_ns<boost::lockfree::spsc_queue<Small, boost::lockfree::capacity<kCapacity>>>(round_s)});
        join(race.lamport, {lamport_single<Small>(round_s), lamport_single<Frame>(round_s), queue_round_trip_ns<LamportQueue<Small, kCapacity>>(round_s)});
    }
    return race;
}

}  // namespace tonus::bench
