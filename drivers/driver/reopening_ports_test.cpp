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

}  // namespace
}  // namespace tonus
