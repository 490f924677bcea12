// A device that goes and comes back, over its emulator on a virtual clock (reliability F5, F6).
#include <gtest/gtest.h>

#include "tests/support/emulated_session.hpp"

namespace tonus {
namespace {

using test::EmulatedSession;
using test::KeptFrames;

/// The holes in the numbers of a stream.
std::vector<std::uint64_t> holes(const std::map<std::uint64_t, std::vector<double>>& frames) {
    std::vector<std::uint64_t> lengths;
    std::uint64_t next = frames.begin()->first;
    for (const auto& [index, values] : frames) {
        if (index != next) lengths.push_back(index - next);
        next = index + 1;
    }
    return lengths;
}

TEST(Reconnecting, GoesOnAfterAGapAsLongAsItWasAway) {
    EmulatedSession session{"cyton", "unplug=10-14"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 20.0);
    EXPECT_EQ(device->trouble(), "") << "it is back";
    const auto lengths = holes(got.all[0]);
    ASSERT_EQ(lengths.size(), 1u);
    // Away for 4 s, and as long as opening takes: at most two seconds more.
    EXPECT_GE(lengths[0], 1000u);
    EXPECT_LE(lengths[0], 1500u);
    // Every packet is where the time puts it: 250 a second all along.
    const auto first = got.all[0].begin()->first, last = got.all[0].rbegin()->first;
    EXPECT_NEAR(static_cast<double>(last - first + 1), 20.0 * 250.0, 2.0);
}

TEST(Reconnecting, TwoHundredCyclesKeepTheTimeline) {
    std::string cycles;
    for (int i = 0; i < 200; ++i) cycles += fmt::format("{}{}-{}", i == 0 ? "" : ",", 10 + 10 * i, 13 + 10 * i);
    EmulatedSession session{"cyton", "unplug=" + cycles};
    const auto device = session.open();
    device->start();
    const double start_s = session.now_s();
    KeptFrames got;
    session.read(*device, got, 2010.0);
    EXPECT_EQ(holes(got.all[0]).size(), 200u);
    const auto first = got.all[0].begin()->first, last = got.all[0].rbegin()->first;
    EXPECT_NEAR(static_cast<double>(last - first + 1), (session.now_s() - start_s) * 250.0, 2.0);
}

TEST(Reconnecting, SaysWhyWhileItIsAway) {
    EmulatedSession session{"cyton", "unplug=10-1000"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 9.0);
    const double unplugged_s = 10.0;
    while (device->trouble().empty() && session.now_s() < 20.0) session.read(*device, got, 0.01);
    EXPECT_LE(session.now_s() - unplugged_s, 0.5) << "seen within half a second";
    EXPECT_NE(device->trouble().find("unplugged"), std::string::npos) << device->trouble();
    session.read(*device, got, 5.0);
    EXPECT_NE(device->trouble().find("is plugged in"), std::string::npos) << device->trouble();
}

/// Ports where the adapter comes back under another name, or another adapter comes in its place.
TEST(Reconnecting, FollowsTheAdapterToAnotherNameAndRefusesAnother) {
    for (const bool same : {true, false}) {
        EmulatedSession session{"cyton", "unplug=10-100000"};
        EmulatedLink second{driver_of(SourceUrl{"cyton:"}).emulate(SourceUrl{"cyton:"}, EmulatedSession::body),
                            {.stalls = {}, .unplugs = {{0.0, 12.0}}}};
        session.ports.plug(second, same ? "/dev/other" : "/dev/emulated", same ? "EMU0001" : "EMU0002");
        const auto device = session.open();
        device->start();
        KeptFrames got;
        session.read(*device, got, 20.0);
        if (same) {
            EXPECT_EQ(device->trouble(), "");
            EXPECT_GT(got.all[0].rbegin()->first, 4000u);
        } else {
            EXPECT_NE(device->trouble().find("EMU0001"), std::string::npos) << device->trouble();
            EXPECT_LT(got.all[0].rbegin()->first, 3000u);
        }
    }
}

}  // namespace
}  // namespace tonus
