#include "drivers/lsl/stamp_counter.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

using lsl::StampCounter;

TEST(StampCounter, SeesALossOfOneFrameInEvenStamps) {
    StampCounter counter{Rate{1000, 1}};
    std::uint64_t sent = 0, last = 0;
    for (; sent < 10000; ++sent) last = counter.count(1e5 + 1e-3 * static_cast<double>(sent));
    EXPECT_EQ(last, 9999u);
    EXPECT_EQ(counter.count(1e5 + 1e-3 * static_cast<double>(sent + 1)), sent + 1) << "one is missing";
    EXPECT_EQ(counter.count(1e5 + 1e-3 * static_cast<double>(sent + 3002)), sent + 3002) << "three seconds are missing";
}

// Programs that stamp a packet as a whole, when it has come to them, are the rule (protocols/lsl 7).
TEST(StampCounter, TakesStampsThatBunchForNoLossAndALostBunchForOne) {
    StampCounter counter{Rate{1000, 1}};
    Random random{3};
    std::uint64_t sent = 0, last = 0;
    const auto bunch = [&] {
        const double stamp_s = 1e-3 * static_cast<double>(sent + 32) + 0.004 * random.uniform();
        for (int i = 0; i < 32; ++i, ++sent) last = counter.count(stamp_s);
    };
    for (int i = 0; i < 1000; ++i) bunch();
    EXPECT_EQ(last, sent - 1);
    sent += 320;
    bunch();
    EXPECT_NEAR(static_cast<double>(last), static_cast<double>(sent - 1), 5.0) << "right to the scatter of the stamps";
}

TEST(StampCounter, BearsAClockThatDrifts) {
    for (const double ppm : {-300.0, 300.0}) {
        StampCounter counter{Rate{2000, 1}};
        std::uint64_t last = 0;
        for (std::uint64_t i = 0; i < 1'000'000; ++i) last = counter.count(5e-4 * static_cast<double>(i) * (1.0 + 1e-6 * ppm));
        EXPECT_EQ(last, 999'999u) << ppm;
    }
}

TEST(StampCounter, GoesOnWhereAClockIsSet) {
    StampCounter counter{Rate{100, 1}};
    std::uint64_t sent = 0;
    const auto expect_next = [&](double stamp_s) { EXPECT_EQ(counter.count(stamp_s), sent++) << stamp_s; };
    for (int i = 0; i < 1000; ++i) expect_next(5e5 + 0.01 * i);
    for (int i = 0; i < 1000; ++i) expect_next(0.01 * i);           // back by days
    for (int i = 0; i < 1000; ++i) expect_next(1e9 + 0.01 * i);     // ahead by years
    expect_next(std::numeric_limits<double>::quiet_NaN());
    expect_next(std::numeric_limits<double>::infinity());
    expect_next(1e9 + 0.01 * 1002);
}

}  // namespace
}  // namespace tonus
