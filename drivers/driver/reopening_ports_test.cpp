#include "drivers/driver/reopening_ports.hpp"

#include <gtest/gtest.h>

#include "tests/support/emulated_session.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;
using test::EmulatedSession;

// The device is there and says nothing: opening it takes seconds, and a run that is to end has none.
TEST(ReopeningPorts, GiveUpWithinATenthOfASecondWhenTheRunIsToEnd) {
    EmulatedSession session{"xsens"};
    std::atomic<bool> stop{false};
    ReopeningPorts ports{session.ports, &stop};
    ports.set_opening(true);
    const auto line = ports.open_tty("/dev/emulated", 115200);
    std::array<std::byte, 4096> bytes;
    while (line->read(bytes, 1ms).status == StreamStatus::ok) {}
    stop = true;
    const double before_s = session.now_s();
    EXPECT_EQ(line->read(bytes, 5000ms).status, StreamStatus::closed);
    EXPECT_LE(session.now_s() - before_s, 0.1);
    ports.set_opening(false);
    EXPECT_NE(line->read(bytes, 50ms).status, StreamStatus::closed) << "open, it is stopped in good order";
}

TEST(ReopeningPorts, WaitNoLongerThanASecondForAConnection) {
    EmulatedSession session{"trigno", "unplug=0-100"};
    session.ports.advance(1ms);
    ReopeningPorts ports{session.ports, nullptr};
    const double before_s = session.now_s();
    EXPECT_THROW(ports.connect_tcp("emulated", session.link.lines()[0].port, 3000ms), Error);
    EXPECT_NEAR(session.now_s() - before_s, 1.0, 0.01);
}

// It is back at 14 s, and opening it would take seconds; the run was told to end before.
TEST(ReopeningPorts, KeepNoRunFromItsEnd) {
    EmulatedSession session{"cyton", "unplug=10-14"};
    std::atomic<bool> stop{false};
    const auto device = open_device(session.url(), session.ports, &stop);
    device->start();
    test::KeptFrames got;
    session.read(*device, got, 13.0 - session.now_s());
    stop = true;
    double longest_s = 0.0;
    while (session.now_s() < 18.0) {
        const double before_s = session.now_s();
        device->read(got, 20ms);
        longest_s = std::max(longest_s, session.now_s() - before_s);
    }
    EXPECT_LE(longest_s, 0.3);
}

/// A Trigno server that came back half: it takes connections, and answers no question, or none to start.
class HalfBack final : public Emulator {
public:
    explicit HalfBack(std::string_view unheard) : unheard_(unheard) {}
    std::span<const EmulatorLine> lines() const noexcept override { return real_->lines(); }
    void connected(std::size_t line, bool is_open, EmulatorOutput& out) override { real_->connected(line, is_open, out); }
    void hear(std::size_t line, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        const std::string_view said{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        if (now_ns_ < kGoneNs || !said.starts_with(unheard_)) real_->hear(line, bytes, out);
    }
    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        now_ns_ = now_ns;
        real_->advance(now_ns, out);
    }

    static constexpr std::int64_t kGoneNs = 20'000'000'000;

private:
    std::unique_ptr<Emulator> real_ = driver_of(SourceUrl{"trigno:"}).emulate(SourceUrl{"trigno:"}, EmulatedSession::body);
    std::string_view unheard_;
    std::int64_t now_ns_ = 0;
};

// Every question has its own patience, and there are many: what counts is how long the run has no word.
TEST(ReopeningPorts, BoundTheTimeThatOpeningAndStartingTake) {
    for (const char* unheard : {"", "START"}) {
        for (const bool is_to_end : {false, true}) {
            EmulatedSession session{"trigno", std::make_unique<HalfBack>(unheard), {.stalls = {}, .unplugs = {{20.0, 24.0}}}};
            std::atomic<bool> stop{false};
            const auto device = open_device(session.url(), session.ports, &stop);
            device->start();
            test::KeptFrames got;
            session.read(*device, got, 23.0 - session.now_s());
            EXPECT_GT(got.count(0), 1000u);
            stop = is_to_end;
            double longest_s = 0.0;
            while (session.now_s() < 80.0) {
                const double before_s = session.now_s();
                device->read(got, 20ms);
                longest_s = std::max(longest_s, session.now_s() - before_s);
            }
            EXPECT_LE(longest_s, is_to_end ? 0.3 : 15.2) << "deaf to '" << unheard << "'";
            EXPECT_NE(device->trouble(), "") << "it is not back";
        }
    }
}

}  // namespace
}  // namespace tonus
