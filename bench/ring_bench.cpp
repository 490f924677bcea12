// The ring beside others, one producer and one consumer on threads of their own: bulk rate of 8-byte
// items and of 64-byte frames, and the round trip of one small record through two rings.
//
// rigtorp's SPSCQueue is not packaged. In its place stands the same idea written plainly: Lamport's
// queue, one item at a time, with a cached copy of the other end's index.

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>

#include "bench/table.hpp"
#include "engine/core/aligned.hpp"
#include "engine/ring/record_ring.hpp"

namespace tonus {
namespace {

constexpr std::size_t kBulk = 256;        // items handed over at once
constexpr std::size_t kCapacity = 16384;  // items

using Clock = std::chrono::steady_clock;

template <class Item>
class LamportQueue {
public:
    bool push(const Item& item) {
        const std::size_t at = tail_.load(std::memory_order_relaxed);
        if (at - head_seen_ == kCapacity && at - (head_seen_ = head_.load(std::memory_order_acquire)) == kCapacity) return false;
        items_[at % kCapacity] = item;
        tail_.store(at + 1, std::memory_order_release);
        return true;
    }
    bool pop(Item& item) {
        const std::size_t at = head_.load(std::memory_order_relaxed);
        if (at == tail_seen_ && at == (tail_seen_ = tail_.load(std::memory_order_acquire))) return false;
        item = items_[at % kCapacity];
        head_.store(at + 1, std::memory_order_release);
        return true;
    }

private:
    alignas(kAlignment) std::atomic<std::size_t> tail_{0};
    alignas(kAlignment) std::size_t head_seen_ = 0;
    alignas(kAlignment) std::atomic<std::size_t> head_{0};
    alignas(kAlignment) std::size_t tail_seen_ = 0;
    alignas(kAlignment) std::array<Item, kCapacity> items_{};
};

/// Runs the producer's and the consumer's step until each has handled n_items; items per second.
template <class Produce, class Consume>
double rate(std::size_t n_items, Produce&& produce, Consume&& consume) {
    std::atomic<bool> go{false};
    std::thread producer{[&] {
        while (!go.load(std::memory_order_acquire)) {}
        for (std::size_t done = 0; done < n_items;) done += produce();
    }};
    const Clock::time_point begin = Clock::now();
    go.store(true, std::memory_order_release);
    for (std::size_t done = 0; done < n_items;) done += consume();
    const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
    producer.join();
    return static_cast<double>(n_items) / passed;
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
double ours_bulk(std::size_t n_items) {
    RecordRing ring{kCapacity * sizeof(Item)};
    RecordRing::Writer writer{ring};
    RecordRing::Reader reader{ring};
    std::array<Item, kBulk> from{};
    std::uint64_t seen = 0;
    const double r = rate(n_items, [&]() -> std::size_t {
        const std::span<std::byte> room = writer.reserve(sizeof from);
        if (room.empty()) return 0;
        std::memcpy(room.data(), from.data(), sizeof from);
        writer.commit();
        return kBulk;
    }, [&]() -> std::size_t {
        const std::span<const std::byte> record = reader.front();
        if (record.empty()) return 0;
        seen += seen_of(reinterpret_cast<const Item*>(record.data()), kBulk);
        reader.pop();
        return kBulk;
    });
    checksum += seen;
    return r;
}

template <class Item>
double boost_bulk(std::size_t n_items) {
    boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<kCapacity>> queue;
    std::array<Item, kBulk> from{}, to{};
    std::uint64_t seen = 0;
    const double r = rate(n_items, [&] { return queue.push(from.data(), kBulk); }, [&] {
        const std::size_t n = queue.pop(to.data(), kBulk);
        seen += seen_of(to.data(), n);
        return n;
    });
    checksum += seen;
    return r;
}

template <class Item>
double lamport_single(std::size_t n_items) {
    const auto queue = std::make_unique<LamportQueue<Item>>();
    const Item from{};
    Item to{};
    std::uint64_t seen = 0;
    const double r = rate(n_items, [&] { return queue->push(from) ? std::size_t{1} : std::size_t{0}; }, [&]() -> std::size_t {
        if (!queue->pop(to)) return 0;
        seen += seen_of(&to, 1);
        return 1;
    });
    checksum += seen;
    return r;
}

/// There and back, ns, the echo on a thread of its own and both ends spinning.
template <class Put, class Take>
double round_trip_ns(std::size_t n, Put&& put, Take&& take) {
    const double r = rate(n, [&]() -> std::size_t {
        while (!take(0)) {}
        while (!put(1)) {}
        return 1;
    }, [&]() -> std::size_t {
        while (!put(0)) {}
        while (!take(1)) {}
        return 1;
    });
    return 1e9 / r;
}

double ours_round_trip_ns(std::size_t n) {
    std::array<RecordRing, 2> rings{RecordRing{4096}, RecordRing{4096}};
    std::array<RecordRing::Writer, 2> writers{RecordRing::Writer{rings[0]}, RecordRing::Writer{rings[1]}};
    std::array<RecordRing::Reader, 2> readers{RecordRing::Reader{rings[0]}, RecordRing::Reader{rings[1]}};
    return round_trip_ns(n, [&](std::size_t i) {
        const std::span<std::byte> room = writers[i].reserve(8);
        if (room.empty()) return false;
        std::memset(room.data(), 1, 8);
        writers[i].commit();
        return true;
    }, [&](std::size_t i) {
        if (readers[i].front().empty()) return false;
        readers[i].pop();
        return true;
    });
}

double lamport_round_trip_ns(std::size_t n) {
    const auto queues = std::make_unique<std::array<LamportQueue<std::uint64_t>, 2>>();
    std::array<std::uint64_t, 16> got{};  // one a thread, a cache line apart
    return round_trip_ns(n, [&](std::size_t i) { return (*queues)[i].push(1); }, [&](std::size_t i) { return (*queues)[i].pop(got[8 * i]); });
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

int run(bool quick) {
    using Frame = std::array<std::uint64_t, 8>;
    const int n_rounds = quick ? 3 : 7;
    const std::size_t n_bulk = kBulk * 40'000, n_single = 4'000'000, n_trips = 200'000;
    std::vector<double> a, b, c, d, e, f, g, h;
    for (int i = 0; i < n_rounds; ++i) {  // in turn, so that all see the same clock and neighbours
        a.push_back(ours_bulk<std::uint64_t>(n_bulk));
        b.push_back(boost_bulk<std::uint64_t>(n_bulk));
        c.push_back(lamport_single<std::uint64_t>(n_single));
        d.push_back(ours_bulk<Frame>(n_bulk));
        e.push_back(boost_bulk<Frame>(n_bulk));
        f.push_back(lamport_single<Frame>(n_single));
        g.push_back(ours_round_trip_ns(n_trips));
        h.push_back(lamport_round_trip_ns(n_trips));
    }
    const auto per_ms = [](std::vector<double>& rates) { return fmt::format("{:.0f}", median(rates) / 1000.0); };
    bench::Table table{{"ring", "8-byte items/ms", "64-byte frames/ms", "round trip ns"}};
    table.add({"ours, 256 at once", per_ms(a), per_ms(d), fmt::format("{:.0f}", median(g))});
    table.add({"boost::lockfree::spsc_queue, 256 at once", per_ms(b), per_ms(e), "-"});
    table.add({"Lamport with cached indices, one at a time", per_ms(c), per_ms(f), fmt::format("{:.0f}", median(h))});
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::run); }
