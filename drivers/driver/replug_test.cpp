// Two hundred times unplugged and plugged in, over real pseudo terminals and TCP, with a clock that the
// test moves: silence and absence cost no time, and the truth is known to the frame (reliability F5, F6).
#include <future>
#include <map>

#include <gtest/gtest.h>

#include "drivers/driver/driver.hpp"
#include "drivers/transport/transport.hpp"
#include "engine/core/random.hpp"
#include "engine/timeline/stream_timeline.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr int kCycles = 200;
constexpr auto kPeriod = 10ms;

/// Real lines, a clock that is moved, and names for the terminals that come and go.
class RealLines final : public Ports {
public:
    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) override {
        return tonus::open_tty(terminals.contains(path) ? terminals.at(path) : path, baud);
    }
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) override {
        return tonus::connect_tcp(host, port, timeout);
    }
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds) override {
        throw run_error("TCP port " + std::to_string(port) + ": nobody dials in here");
    }
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string& peer) override { return tonus::bind_udp(port, Reach::this_machine, peer); }
    std::vector<SerialPort> serial_ports() override { return {}; }
    VirtualClock& clock() noexcept override { return clock_; }

    std::map<std::string, std::string> terminals;  ///< a name, and what stands behind it now

private:
    VirtualClock clock_;
};

/// The engine's account of a stream.
class Account final : public FrameSink {
public:
    Account(const StreamInfo& stream, Clock& clock) : timeline(stream), clock_(clock) {}
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (stream != 0) return;
        frames.arrival_ns = clock_.now_ns();
        timeline.place({.stream = 0, .first_index = first_index, .overrun_before = 0, .frames = frames});
    }
    StreamTimeline timeline;

private:
    Clock& clock_;
};

/// A device that samples every 10 ms of the clock, on whatever line it has now.
class Sampler {
public:
    using Encode = std::string (*)(std::uint64_t number);
    Sampler(Clock& clock, Encode encode) : clock_(clock), encode_(encode) {}

    void send(const std::string& text) { line->write(std::as_bytes(std::span{text.data(), text.size()}), 1s); }
    void sample() { send(encode_(number())); }
    std::uint64_t number() const { return static_cast<std::uint64_t>(clock_.now_ns() / std::chrono::nanoseconds{kPeriod}.count()); }

    /// Samples, and reads until the frame is there.
    void deliver(Device& device, Account& account) {
        sample();
        ReadStatus status = ReadStatus::idle;
        for (int tries = 0; tries < 400 && status != ReadStatus::frames; ++tries) status = device.read(account, 5ms);
        ASSERT_EQ(status, ReadStatus::frames) << device.trouble();
        if (n_received > 0) n_lost += number() - last_ - 1;
        last_ = number();
        ++n_received;
    }

    std::unique_ptr<ByteStream> line;
    std::uint64_t n_received = 0, n_lost = 0;

private:
    Clock& clock_;
    Encode encode_;
    std::uint64_t last_ = 0;
};

/// A frame of the BNO08x (protocols/imus 5).
std::string rvc_frame(std::uint64_t number) {
    std::string frame{"\xAA\xAA", 2};
    frame += static_cast<char>(number);
    for (int i = 0; i < 15; ++i) frame += static_cast<char>(number >> (i % 8));
    unsigned sum = 0;
    for (std::size_t i = 2; i < frame.size(); ++i) sum += static_cast<unsigned char>(frame[i]);
    return frame + static_cast<char>(sum);
}

std::string text_line(std::uint64_t number) { return std::to_string(number % 1024) + "," + std::to_string(number) + "\r\n"; }

void plug(Sampler& sampler, RealLines& ports, const std::string& name) {
    PseudoTerminal terminal = make_pseudo_terminal();
    sampler.line = std::move(terminal.device_end);
    ports.terminals[name] = terminal.path;
    for (int i = 0; i < 4; ++i) sampler.sample();  // what opening wants to see
}

void expect_ledger(const Account& account, const Sampler& truth, std::uint64_t n_gaps) {
    const LossLedger& ledger = account.timeline.ledger();
    EXPECT_EQ(ledger.received, truth.n_received);
    EXPECT_EQ(ledger.lost[static_cast<std::size_t>(GapCause::away)], truth.n_lost);
    EXPECT_EQ(ledger.lost_total(), truth.n_lost) << "nothing for another cause";
    EXPECT_EQ(ledger.n_gaps, n_gaps);
}

TEST(Replug, TwoHundredTimesOverATerminalTheLedgerIsTheTruthAndAnotherStreamLosesNothing) {
    RealLines ports;
    VirtualClock& clock = ports.clock();
    Sampler sensor{clock, rvc_frame}, neighbour{clock, rvc_frame};
    clock.advance(1s);
    plug(sensor, ports, "/dev/sensor"), plug(neighbour, ports, "/dev/neighbour");
    const auto device = open_device("rvc:/dev/sensor", ports), other = open_device("rvc:/dev/neighbour", ports);
    device->start(), other->start();
    Account account{device->streams()[0], clock}, other_account{other->streams()[0], clock};
    Random random{1};
    for (int cycle = 0; cycle < kCycles; ++cycle) {
        for (int i = 0; i < 10; ++i) {
            clock.advance(kPeriod);
            sensor.deliver(*device, account);
            neighbour.deliver(*other, other_account);
        }
        sensor.line.reset();
        ports.terminals["/dev/sensor"] = "/dev/no_such_terminal";
        EXPECT_EQ(device->read(account, 5ms), ReadStatus::idle);
        EXPECT_NE(device->trouble().find("unplugged"), std::string::npos) << "seen at once: the clock has not moved";
        for (std::uint64_t n_away = 30 + random.below(60); n_away > 0; --n_away) {
            clock.advance(kPeriod);
            neighbour.deliver(*other, other_account);
            device->read(account, 0ms);
        }
        // Longer than the longest pause between two tries.
        plug(sensor, ports, "/dev/sensor");
        for (int i = 0; i < 100 && !device->trouble().empty(); ++i) {
            clock.advance(kPeriod);
            neighbour.deliver(*other, other_account);
            device->read(account, 0ms);
        }
        ASSERT_EQ(device->trouble(), "") << "cycle " << cycle;
        ASSERT_FALSE(HasFatalFailure());
    }
    clock.advance(kPeriod);
    sensor.deliver(*device, account);
    expect_ledger(account, sensor, kCycles);
    expect_ledger(other_account, neighbour, 0);
}

TEST(Replug, TwoHundredSilentPeersOverTcpTheLedgerIsTheTruth) {
    RealLines ports;
    VirtualClock& clock = ports.clock();
    Sampler board{clock, text_line};
    TcpListener listener{0, Reach::this_machine};
    const auto answer = [&] {
        return std::async(std::launch::async, [&] {
            std::unique_ptr<ByteStream> line = listener.accept(5s);
            std::string lines;
            for (int i = 0; i < 5; ++i) lines += text_line(board.number());
            if (line) line->write(std::as_bytes(std::span{lines.data(), lines.size()}), 1s);
            return line;
        });
    };
    clock.advance(1s);
    auto peer = answer();
    const auto device = open_device("text:127.0.0.1:" + std::to_string(listener.port()) + "?rate=100&columns=emg,counter", ports);
    board.line = peer.get();
    device->start();
    Account account{device->streams()[0], clock};
    for (int cycle = 0; cycle < kCycles; ++cycle) {
        board.send("1,2\r\n");  // the first line after a start may be cut, and is not believed
        for (int i = 0; i < 10; ++i) {
            clock.advance(kPeriod);
            board.deliver(*device, account);
        }
        // Without power: the connection stands, and nothing comes.
        const std::int64_t silent_ns = clock.now_ns();
        while (device->trouble().empty() && clock.now_ns() - silent_ns < 3'000'000'000) {
            clock.advance(10 * kPeriod);
            EXPECT_EQ(device->read(account, 0ms), ReadStatus::idle);
        }
        EXPECT_NE(device->trouble().find("switched off"), std::string::npos) << "seen within three seconds";
        const std::unique_ptr<ByteStream> silent = std::move(board.line);
        clock.advance(25 * kPeriod);
        peer = answer();
        device->read(account, 0ms);
        board.line = peer.get();
        ASSERT_EQ(device->trouble(), "") << "cycle " << cycle;
        ASSERT_FALSE(HasFatalFailure());
    }
    board.send("1,2\r\n");
    clock.advance(kPeriod);
    board.deliver(*device, account);
    expect_ledger(account, board, kCycles);
}

}  // namespace
}  // namespace tonus
