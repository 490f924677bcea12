// A flood of datagrams, on real sockets of the loopback interface, into a run that has another device beside
// (reliability F25). In real time, so it is short, and nothing is asked of when a frame came.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/transport/transport.hpp"
#include "engine/core/memory.hpp"
#include "engine/pipeline/run.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/own_port.hpp"

namespace tonus {
namespace {

constexpr double kRunS = 2.5;

/// An NGIMU that sends to a port of this machine, and somebody who sends all the junk that he can besides.
class FloodedNgimu {
public:
    enum class From { stranger, the_same_socket };

    FloodedNgimu(std::uint16_t port, From from)
        : link_(driver_of(SourceUrl{"ngimu:"}).emulate(SourceUrl{"ngimu:"}, test::EmulatedSession::body), {}, &truth) {
        thread_ = std::thread{[this, port, from] { send(port, from); }};
    }
    ~FloodedNgimu() { stop(); }
    void flood() { floods_ = true; }
    void stop() {
        ends_ = true;
        if (thread_.joinable()) thread_.join();
    }

    test::KeptFrames truth;  ///< once it was stopped
    std::uint64_t n_junk = 0;

private:
    void send(std::uint16_t port, From from) {
        const auto device = send_udp(port), stranger = send_udp(port);
        ByteStream& flooding = from == From::stranger ? *stranger : *device;
        Clock& clock = system_ports().clock();
        const std::int64_t begin_ns = clock.now_ns();
        const std::vector<std::byte> junk(64, std::byte{'#'});
        link_.connect(0, true);
        while (!ends_) {
            link_.advance(clock.now_ns() - begin_ns);
            for (auto bytes = link_.take(0, 4096); !bytes.empty(); bytes = link_.take(0, 4096)) device->write(bytes, std::chrono::milliseconds{0});
            for (int i = 0; i < 100 && floods_; ++i, ++n_junk) flooding.write(junk, std::chrono::milliseconds{0});
            if (!floods_) clock.sleep_until(clock.now_ns() + 1'000'000);
        }
    }

    EmulatedLink link_;
    std::atomic<bool> floods_{false}, ends_{false};
    std::thread thread_;
};

/// Counts the rows, and how the memory of the program grows from when all is running.
class MemoryWatch final : public Sink {
public:
    std::string_view name() const noexcept override { return "memory watch"; }
    void begin(const SessionInfo&) override {}
    void row(const ResultRow&) noexcept override {
        if (++n_rows == 50) begin_bytes_ = process_usage().resident_bytes;
    }
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override { grown_bytes = static_cast<std::int64_t>(process_usage().resident_bytes) - static_cast<std::int64_t>(begin_bytes_); }

    std::size_t n_rows = 0;
    std::int64_t grown_bytes = 0;

private:
    std::uint64_t begin_bytes_ = 0;
};

/// What comes of a run beside a flood.
struct Flooded {
    RunSummary summary;
    std::size_t n_rows = 0;
    std::uint64_t n_junk = 0;
    std::int64_t grown_bytes = 0;
};

/// Keeps what passes through, and lets it pass.
class Watched final : public Device {
public:
    Watched(Device& device, test::KeptFrames& kept) : device_(device), kept_(kept) {}
    std::span<const StreamInfo> streams() const noexcept override { return device_.streams(); }
    void start() override { device_.start(); }
    void stop() noexcept override { device_.stop(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override {
        Both both{sink, kept_};
        return device_.read(both, timeout);
    }

private:
    struct Both final : FrameSink {
        Both(FrameSink& one, FrameSink& other) : first(one), second(other) {}
        void push(std::size_t stream, std::uint64_t index, RawFrames frames) noexcept override {
            first.push(stream, index, frames);
            second.push(stream, index, frames);
        }
        FrameSink& first;
        FrameSink& second;
    };
    Device& device_;
    test::KeptFrames& kept_;
};

Flooded run_flooded(FloodedNgimu::From from, test::KeptFrames& got, test::KeptFrames& truth) {
    const auto port = static_cast<std::uint16_t>(test::own_port() + (from == FloodedNgimu::From::stranger ? 0 : 1));
    FloodedNgimu sender{port, from};
    const auto emg = open_device("sim:?subject=7&task=reps"), ngimu = open_device(fmt::format("ngimu:?port={}", port));
    Watched watched{*ngimu, got};
    Device* const devices[] = {emg.get(), &watched};
    const std::span<const StreamInfo> streams[] = {emg->streams(), watched.streams()};
    Pipeline pipeline{streams, default_session(streams)};
    MemoryWatch watch;
    Sink* const sinks[] = {&watch};
    sender.flood();
    Flooded flooded{.summary = run_live(devices, pipeline, sinks, {.duration_s = kRunS})};
    sender.stop();
    flooded.n_rows = watch.n_rows;
    flooded.grown_bytes = watch.grown_bytes;
    flooded.n_junk = sender.n_junk;
    truth = std::move(sender.truth);
    return flooded;
}

void expect_the_run_went_on(const Flooded& flooded) {
    EXPECT_GT(flooded.n_junk, 10'000u) << "or it was no flood";
    const LossLedger& emg = flooded.summary.streams[0].ledger;
    EXPECT_EQ(emg.emitted(), emg.received) << "another device loses nothing";
    EXPECT_GT(flooded.n_rows, 150u);
    EXPECT_LT(flooded.grown_bytes, 4 << 20) << "nothing is kept of what is thrown away";
    const LossLedger& motion = flooded.summary.streams[1].ledger;
    EXPECT_EQ(flooded.summary.streams[1].trouble, "");
    EXPECT_GT(motion.received, 0u);
}

// The socket belongs to the device that was heard first: the kernel refuses all others.
TEST(UdpFlood, OfAStrangerCostsNothing) {
    test::KeptFrames got, truth;
    const Flooded flooded = run_flooded(FloodedNgimu::From::stranger, got, truth);
    expect_the_run_went_on(flooded);
    test::expect_true(got, truth);
    const LossLedger& motion = flooded.summary.streams[1].ledger;
    EXPECT_EQ(motion.emitted(), motion.received);
}

// What fills the socket is lost in the kernel, and the time in the packets that come tells how many were.
TEST(UdpFlood, OfTheDeviceItselfIsCounted) {
    test::KeptFrames got, truth;
    const Flooded flooded = run_flooded(FloodedNgimu::From::the_same_socket, got, truth);
    expect_the_run_went_on(flooded);
    test::expect_true(got, truth);
    const auto& frames = got.all[0];
    ASSERT_FALSE(frames.empty());
    const LossLedger& motion = flooded.summary.streams[1].ledger;
    EXPECT_EQ(motion.received, frames.size());
    EXPECT_EQ(motion.emitted(), frames.rbegin()->first - frames.begin()->first + 1) << "received and lost are all that was sampled";
}

}  // namespace
}  // namespace tonus
