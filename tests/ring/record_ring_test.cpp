#include "engine/ring/record_ring.hpp"

#include <cstring>
#include <thread>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

bool put(RecordRing::Writer& writer, std::uint64_t number, std::size_t n_bytes) {
    const std::span<std::byte> room = writer.reserve(n_bytes);
    if (room.empty()) return false;
    for (std::byte& b : room) b = static_cast<std::byte>(number);
    std::memcpy(room.data(), &number, sizeof number);
    writer.commit();
    return true;
}

std::uint64_t number_of(std::span<const std::byte> record) {
    std::uint64_t number = 0;
    std::memcpy(&number, record.data(), sizeof number);
    return number;
}

bool is_whole(std::span<const std::byte> record) {
    const auto fill = static_cast<std::byte>(number_of(record));
    for (std::size_t i = sizeof(std::uint64_t); i < record.size(); ++i) {
        if (record[i] != fill) return false;
    }
    return true;
}

TEST(RecordRing, GivesRecordsBackInOrderAndWhole) {
    RecordRing ring{4096};
    RecordRing::Writer writer{ring};
    RecordRing::Reader reader{ring};
    Random random{1};
    std::uint64_t written = 0, read = 0;
    while (read < 10'000) {
        while (random.uniform() < 0.7 && put(writer, written, 8 + random.below(700))) ++written;
        while (random.uniform() < 0.7) {
            const std::span<const std::byte> record = reader.front();
            if (record.empty()) break;
            ASSERT_EQ(number_of(record), read);
            ASSERT_TRUE(is_whole(record));
            reader.pop();
            ++read;
        }
    }
}

TEST(RecordRing, RefusesWhatDoesNotFitAndOverwritesNothing) {
    RecordRing ring{4096};
    RecordRing::Writer writer{ring};
    RecordRing::Reader reader{ring};
    std::uint64_t n_in = 0;
    while (put(writer, n_in, 120)) ++n_in;
    EXPECT_EQ(n_in, 4096u / 128u);
    EXPECT_FALSE(put(writer, n_in, 120));
    for (std::uint64_t i = 0; i < n_in; ++i) {
        ASSERT_EQ(number_of(reader.front()), i);
        reader.pop();
    }
    EXPECT_TRUE(reader.front().empty());
    EXPECT_TRUE(put(writer, 7, 120));
    EXPECT_EQ(number_of(reader.front()), 7u);
}

TEST(RecordRing, TakesItsLargestRecordWhereverItsEndsStand) {
    for (std::size_t start = 0; start < 64; ++start) {
        RecordRing ring{4096};
        RecordRing::Writer writer{ring};
        RecordRing::Reader reader{ring};
        for (std::size_t i = 0; i < start; ++i) {
            ASSERT_TRUE(put(writer, i, 56));
            ASSERT_FALSE(reader.front().empty());
            reader.pop();
        }
        EXPECT_TRUE(put(writer, 9, ring.record_bytes_max())) << "after " << start << " records";
        EXPECT_EQ(number_of(reader.front()), 9u);
    }
}

TEST(RecordRing, RefusesARecordLargerThanItself) {
    RecordRing ring{4096};
    RecordRing::Writer writer{ring};
    EXPECT_TRUE(writer.reserve(5000).empty());
    EXPECT_FALSE(writer.reserve(100).empty());
}

// Two real threads; ThreadSanitizer sees a missing release or acquire here.
TEST(RecordRing, CarriesEveryRecordBetweenTwoThreads) {
    RecordRing ring{8192};
    constexpr std::uint64_t kRecords = 100'000;
    std::thread producer{[&ring] {
        RecordRing::Writer writer{ring};
        Random random{2};
        for (std::uint64_t i = 0; i < kRecords;) {
            if (put(writer, i, 8 + random.below(200))) ++i;
            else std::this_thread::yield();
        }
    }};
    RecordRing::Reader reader{ring};
    std::uint64_t expected = 0, n_broken = 0;
    while (expected < kRecords) {
        const std::span<const std::byte> record = reader.front();
        if (record.empty()) {
            std::this_thread::yield();
            continue;
        }
        if (number_of(record) != expected || !is_whole(record)) ++n_broken;
        ++expected;
        reader.pop();
    }
    producer.join();
    EXPECT_EQ(n_broken, 0u);
}

}  // namespace
}  // namespace tonus
