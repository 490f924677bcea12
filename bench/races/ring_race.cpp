#include "bench/races/ring_race.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>

#include "bench/races/lamport_queue.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/ring/record_ring.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kBulk = 256;        // items handed over at once
constexpr std::size_t kCapacity = 16384;  // items

using Clock = std::chrono::steady_clock;
using Small = std::uint64_t;
using Frame = std::array<std::uint64_t, 8>;

/// One queue at one task: so many seconds of it, as items, frames or trips per second. It goes on where the
/// round before ended, so that no round pays for memory touched for the first time.
using Task = std::function<double(double seconds)>;

/// Runs both ends, the other's on a thread of its own. Each says how much it did, and lets the core breathe
/// when it was nothing; what `mine` did per second comes back.
template <class Other, class Mine>
double rate(double seconds, Other&& other, Mine&& mine) {
    std::atomic<bool> there{false}, stop{false};
    std::thread thread{[&] {
        there.store(true, std::memory_order_release);
        while (!stop.load(std::memory_order_relaxed)) {
            if (other() == 0) relax_cpu();
        }
    }};
    while (!there.load(std::memory_order_acquire)) {}
    const Clock::time_point begin = Clock::now();
    double passed = 0.0;
    std::size_t done = 0;
    while (passed < seconds) {
        for (int i = 0; i < 20; ++i) {
            const std::size_t n = mine();
            if (n == 0) relax_cpu();
            done += n;
        }
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

struct OurRing {
    explicit OurRing(std::size_t n_bytes) : ring(n_bytes), writer(ring), reader(ring) {}
    RecordRing ring;
    RecordRing::Writer writer;
    RecordRing::Reader reader;
};

template <class Item>
Task ours_bulk() {
    return [ends = std::make_shared<OurRing>(kCapacity * sizeof(Item))](double seconds) {
        const std::array<Item, kBulk> from{};
        return rate(seconds, [&]() -> std::size_t {
            const std::span<std::byte> room = ends->writer.reserve(sizeof from);
            if (room.empty()) return 0;
            std::memcpy(room.data(), from.data(), sizeof from);
            ends->writer.commit();
            return kBulk;
        }, [&]() -> std::size_t {
            const std::span<const std::byte> record = ends->reader.front();
            if (record.empty()) return 0;
            checksum += seen_of(reinterpret_cast<const Item*>(record.data()), kBulk);
            ends->reader.pop();
            return kBulk;
        });
    };
}

template <class Item>
using BoostQueue = boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<kCapacity>>;

template <class Item>
Task boost_bulk() {
    return [queue = std::make_shared<BoostQueue<Item>>()](double seconds) {
        const std::array<Item, kBulk> from{};
        std::array<Item, kBulk> to{};
        return rate(seconds, [&] { return queue->push(from.data(), kBulk); }, [&] {
            const std::size_t n = queue->pop(to.data(), kBulk);
            if (n > 0) checksum += seen_of(to.data(), n);
            return n;
        });
    };
}

template <class Item>
Task lamport_single() {
    return [queue = std::make_shared<LamportQueue<Item, kCapacity>>()](double seconds) {
        const Item from{};
        Item to{};
        return rate(seconds, [&] { return queue->push(from) ? std::size_t{1} : std::size_t{0}; },
                    [&] { return queue->pop(to) ? std::size_t{1} : std::size_t{0}; });
    };
}

/// There and back, the echo on a thread of its own.
template <class End>
Task round_trip() {
    return [ends = std::make_shared<std::array<End, 2>>()](double seconds) {
        End& there = ends->front();
        End& back = ends->back();
        return rate(seconds, [&]() -> std::size_t {
            if (there.take()) back.put();
            return 1;  // whoever waits for a single item looks again at once
        }, [&]() -> std::size_t {
            while (!there.put()) {}
            while (!back.take()) {}
            return 1;
        });
    };
}

struct OurTrip : OurRing {
    OurTrip() : OurRing(4096) {}
    bool put() {
        const std::span<std::byte> room = writer.reserve(sizeof(Small));
        if (room.empty()) return false;
        std::memset(room.data(), 1, sizeof(Small));
        writer.commit();
        return true;
    }
    bool take() {
        if (reader.front().empty()) return false;
        reader.pop();
        return true;
    }
};

template <class Queue>
struct QueueTrip {
    bool put() { return queue.push(Small{1}); }
    bool take() { return queue.pop(got); }
    Queue queue;
    alignas(kAlignment) Small got = 0;
};

/// A queue's tasks and how fast each round of them was.
class Racer {
public:
    Racer(Task items, Task frames, Task trips) : tasks_{std::move(items), std::move(frames), std::move(trips)} {}

    void run(double seconds) {
        for (std::size_t i = 0; i < tasks_.size(); ++i) rates_[i].push_back(tasks_[i](seconds));
    }
    RingRates rates() { return {settled(rates_[0]), settled(rates_[1]), 1e9 / settled(rates_[2])}; }

private:
    static double settled(std::vector<double>& rates) {
        const auto at = rates.begin() + static_cast<std::ptrdiff_t>(0.75 * static_cast<double>(rates.size()));
        std::nth_element(rates.begin(), at, rates.end());
        return *at;
    }

    std::array<Task, 3> tasks_;
    std::array<std::vector<double>, 3> rates_;
};

}  // namespace

RingRace race_rings(int n_rounds, double round_s) {
    Racer ours{ours_bulk<Small>(), ours_bulk<Frame>(), round_trip<OurTrip>()};
    Racer boost{boost_bulk<Small>(), boost_bulk<Frame>(), round_trip<QueueTrip<BoostQueue<Small>>>()};
    Racer lamport{lamport_single<Small>(), lamport_single<Frame>(), round_trip<QueueTrip<LamportQueue<Small, kCapacity>>>()};
    // Where both ends share a core, a trip takes as long as the system lets each of them run.
    constexpr int kRoundsLeast = 5;
    constexpr double kSecondsMost = 10.0;
    const Clock::time_point begin = Clock::now();
    const auto passed_s = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    for (int i = 0; i < n_rounds && (i < kRoundsLeast || passed_s() < kSecondsMost); ++i) {
        for (Racer* racer : {&ours, &boost, &lamport}) racer->run(round_s);
    }
    return {ours.rates(), boost.rates(), lamport.rates()};
}

}  // namespace tonus::bench
