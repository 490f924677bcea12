#include "engine/core/sim_byte_stream.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "tests/core/bytes.hpp"

namespace tonus {
namespace {

using std::chrono::milliseconds;
using test::as_bytes;
using test::as_text;

constexpr std::int64_t kMs = 1'000'000;

std::vector<std::byte> bytes_of(const std::string& text) {
    const auto bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

struct Read {
    StreamStatus status;
    std::string text;
};

Read read_text(ByteStream& line, milliseconds timeout, std::size_t n_max = 64) {
    std::vector<std::byte> into(n_max);
    const StreamResult result = line.read(into, timeout);
    return {result.status, as_text(std::span{into}.first(result.n_bytes))};
}

TEST(SimByteStream, GivesBytesWhenTheirTimeHasComeAndMovesTheClockThere) {
    VirtualClock clock;
    SimByteStream line{{.script = {{30 * kMs, bytes_of("abc"), false}}}, clock};

    EXPECT_EQ(read_text(line, milliseconds{20}).status, StreamStatus::timeout);
    EXPECT_EQ(clock.now_ns(), 20 * kMs);
    const Read second = read_text(line, milliseconds{20});
    EXPECT_EQ(second.status, StreamStatus::ok);
    EXPECT_EQ(second.text, "abc");
    EXPECT_EQ(clock.now_ns(), 30 * kMs);
}

TEST(SimByteStream, CutsReadsAtTheChunkLimitAndLosesNoByte) {
    VirtualClock clock;
    SimByteStream line{{.script = {{0, bytes_of("abcdefg"), true}}, .read_bytes_max = 3}, clock};
    std::string all;
    for (Read part = read_text(line, milliseconds{1}); part.status == StreamStatus::ok;
         part = read_text(line, milliseconds{1})) {
        EXPECT_LE(part.text.size(), 3u);
        all += part.text;
    }
    EXPECT_EQ(all, "abcdefg");
}

TEST(SimByteStream, IsClosedAfterTheHangUpAndItsLastBytes) {
    VirtualClock clock;
    SimByteStream line{{.script = {{5 * kMs, bytes_of("bye"), true}}}, clock};
    EXPECT_EQ(read_text(line, milliseconds{10}).text, "bye");
    EXPECT_EQ(read_text(line, milliseconds{10}).status, StreamStatus::closed);
    EXPECT_EQ(line.write(as_bytes("x"), milliseconds{10}).status, StreamStatus::closed);
    EXPECT_EQ(clock.now_ns(), 5 * kMs);
}

TEST(SimByteStream, SaysHowManyBytesASlowLineTook) {
    VirtualClock clock;
    SimByteStream line{{.script = {}, .write_bytes_max = 2}, clock};
    const StreamResult result = line.write(as_bytes("start"), milliseconds{7});
    EXPECT_EQ(result.status, StreamStatus::timeout);
    EXPECT_EQ(result.n_bytes, 2u);
    EXPECT_EQ(clock.now_ns(), 7 * kMs);
    EXPECT_EQ(as_text(line.written()), "st");
}

TEST(SimByteStream, RefusesAScriptOutOfOrderOrBeyondItsHangUp) {
    VirtualClock clock;
    EXPECT_THROW(
        (SimByteStream{{.script = {{2, bytes_of("b"), false}, {1, bytes_of("a"), false}}}, clock}),
        Error);
    EXPECT_THROW((SimByteStream{{.script = {{1, {}, true}, {2, bytes_of("a"), false}}}, clock}),
                 Error);
}

}  // namespace
}  // namespace tonus
