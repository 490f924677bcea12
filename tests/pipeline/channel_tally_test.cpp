#include "engine/pipeline/channel_tally.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "engine/core/rate.hpp"
#include "tests/support/calibrated_subject.hpp"

namespace tonus {
namespace {

/// What a tally has to come to, by asking the flag at every tick.
struct Reference {
    LoadFlag flag{LoadFlagConfig{}};
    double sum = 0.0, peak = 0.0, n = 0.0, n_over = 0.0;

    void add(std::uint64_t tick, float value, const Status& status) {
        const bool valid = status.state == ValueState::valid;
        const LoadResult result = flag.process({tick, value, valid, valid ? Reason::none : status.reason});
        n_over += result.state == LoadState::over ? 1.0 : 0.0;
        if (!valid) return;
        n += 1.0;
        sum += static_cast<double>(value);
        peak = std::max(peak, static_cast<double>(value));
    }
};

// Loads that wander around both limits, and lose their values for moments and for seconds.
TEST(ChannelTally, CountsAsIfEveryFlagWereAskedAtEveryTick) {
    constexpr std::size_t kChannels = 5;
    ChannelTally tally{kChannels, LoadFlagConfig{}};
    std::vector<Reference> references(kChannels);
    std::vector<float> value(kChannels, 0.3f);
    std::vector<Status> status(kChannels, {.state = ValueState::invalid, .reason = Reason::settling});
    Random random{7};
    for (std::uint64_t tick = 0; tick < 60000; ++tick) {
        bool changed = tick == 0;
        for (std::size_t ch = 0; ch < kChannels; ++ch) {
            const double step = 0.02 * random.normal() + 0.02 * (0.32 - static_cast<double>(value[ch]));
            value[ch] = static_cast<float>(std::clamp(static_cast<double>(value[ch]) + step, 0.0, 2.0));
            const bool valid = status[ch].state == ValueState::valid;
            if (random.uniform() >= (valid ? 0.002 : 0.01)) continue;
            status[ch] = {.state = valid ? ValueState::held : ValueState::valid, .reason = valid ? Reason::gap : Reason::none};
            changed = true;
        }
        tally.add({tick, value, status}, changed);
        for (std::size_t ch = 0; ch < kChannels; ++ch) references[ch].add(tick, value[ch], status[ch]);
    }
    for (std::size_t ch = 0; ch < kChannels; ++ch) {
        ASSERT_GT(references[ch].n_over, 1000.0);
        EXPECT_DOUBLE_EQ(tally.over_s(ch), references[ch].n_over * kTickS);
        EXPECT_DOUBLE_EQ(tally.mean_mvc(ch), references[ch].sum / references[ch].n);
        EXPECT_DOUBLE_EQ(tally.peak_mvc(ch), references[ch].peak);
    }
}

TEST(ChannelTally, SaysNothingOfAChannelWithoutAValue) {
    ChannelTally tally{1, LoadFlagConfig{}};
    tally.add({0, std::vector<float>{0.5f}, std::vector<Status>(1)}, true);
    EXPECT_TRUE(std::isnan(tally.mean_mvc(0)));
    EXPECT_TRUE(std::isnan(tally.peak_mvc(0)));
}

// What seldom changes is written where it did: to each of them.
TEST(StreamLevels, TwoChannelsOfOneInputReadAlike) {
    const std::string url = "sim:?subject=3&task=demo&duration=12&lead_off=MF_L@3-4";
    Session session = test::true_session(url);
    session.channels[2].input = session.channels[0].input;
    session.channels[2].reference = session.channels[0].reference;
    const test::CollectingSink sink = test::replay(url, session);
    ASSERT_GT(sink.rows.back().channels[0].n_windows, 10u);
    for (const test::CollectingSink::Row& row : sink.rows) {
        const ChannelResult &one = row.channels[0], &other = row.channels[2];
        ASSERT_EQ(one.mvc, other.mvc);
        ASSERT_EQ(one.mvc_status.state, other.mvc_status.state);
        ASSERT_EQ(one.quality.index, other.quality.index);
        ASSERT_EQ(one.n_windows, other.n_windows);
        ASSERT_EQ(one.mdf_hz, other.mdf_hz);
    }
}

}  // namespace
}  // namespace tonus
