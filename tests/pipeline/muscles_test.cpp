// Several channels over one muscle, and channels that hear their neighbours.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/core/sim_files.hpp"
#include "engine/sinks/results_table.hpp"
#include "tests/support/calibrated_subject.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

TEST(Muscles, TwoElectrodesOverOneMuscleCountOnce) {
    const std::string url = "sim:?subject=41&task=hold&level=0.4&duration=6";
    Session session = test::true_session(url);
    session.channels[0].muscle = session.channels[1].muscle = session.channels[2].muscle = MuscleClass::global;
    session.channels[3].muscle = MuscleClass::local;
    session.channels[0].part_of = session.channels[1].part_of = "back";
    const CollectingSink sink = test::replay(url, session);
    std::size_t n = 0;
    for (const CollectingSink::Row& row : sink.rows) {
        if (!row.row.groups.global.valid || row.channels[0].muscle_status.state != ValueState::valid) continue;
        ++n;
        const auto a = static_cast<double>(row.channels[0].mvc), b = static_cast<double>(row.channels[1].mvc);
        const double together = std::sqrt(0.5 * (a * a + b * b));
        ASSERT_NEAR(static_cast<double>(row.channels[0].muscle_mvc), together, 1e-6);
        ASSERT_EQ(row.channels[0].muscle_mvc, row.channels[1].muscle_mvc);
        ASSERT_NEAR(static_cast<double>(row.row.groups.global.value), 0.5 * (together + static_cast<double>(row.channels[2].mvc)), 1e-6);
    }
    EXPECT_GT(n, 500u);
}

TEST(Muscles, WithoutAnyTheGroupsAreThoseOfTheChannels) {
    const std::string url = "sim:?subject=41&task=hold&level=0.4&duration=4";
    Session session = test::true_session(url);
    const CollectingSink before = test::replay(url, session);
    session.channels[0].part_of = "alone";
    EXPECT_TRUE(same_bits(before, test::replay(url, session))) << "a muscle of one channel is that channel";
}

double mean_of(const CollectingSink& sink, std::size_t channel, bool unmixed) {
    double sum = 0.0, n = 0.0;
    for (const CollectingSink::Row& row : sink.rows) {
        const ChannelResult& result = row.channels[channel];
        if (row.row.time_s < 3.0 || (unmixed ? result.unmixed_status : result.mvc_status).state != ValueState::valid) continue;
        sum += static_cast<double>(unmixed ? result.unmixed_mvc : result.mvc);
        n += 1.0;
    }
    return sum / n;
}

// The simulator's couplings are those that the session names, so the estimate comes back to the truth.
TEST(Unmixing, GivesBackWhatNeighboursAdded) {
    const std::string quiet = "sim:?subject=42&task=hold&level=0.4&duration=60", mixed = quiet + "&crosstalk=0.3";
    Session session = test::true_session(quiet);
    const CollectingSink truth = test::replay(quiet, session);
    const CollectingSink without = test::replay(mixed, session);
    for (std::size_t ch = 0; ch < 2; ++ch) {  // the next site on the same side
        session.cross_talk.push_back({ch, ch + 2, 0.3});
        session.cross_talk.push_back({ch + 2, ch, 0.3});
    }
    const CollectingSink with = test::replay(mixed, session);
    EXPECT_TRUE(same_bits(without, with)) << "groups and flag take nothing of it";
    for (std::size_t ch = 0; ch < 4; ++ch) {
        const double true_mvc = mean_of(truth, ch, false), heard = mean_of(with, ch, false);
        ASSERT_GT(heard, true_mvc + 0.008);
        EXPECT_NEAR(mean_of(with, ch, true), true_mvc, 0.25 * (heard - true_mvc)) << "channel " << ch;
    }
}

TEST(Unmixing, SaysNothingWhileANeighbourIsOff) {
    const std::string url = "sim:?subject=42&task=hold&level=0.4&duration=12&lead_off=MF_L@4-9";
    Session session = test::true_session(url);
    session.cross_talk.push_back({0, 1, 0.2});
    std::size_t n_silent = 0;
    for (const CollectingSink::Row& row : test::replay(url, session).rows) {
        if (row.row.time_s < 6.5 || row.row.time_s > 8.9) continue;
        EXPECT_NE(row.channels[1].unmixed_status.state, ValueState::valid);
        EXPECT_EQ(row.channels[1].mvc_status.state, ValueState::valid);
        ++n_silent;
    }
    EXPECT_GT(n_silent, 200u);
}

TEST(Muscles, AndUnmixedChannelsHaveColumnsOfTheirOwn) {
    const std::string url = "sim:?subject=42&task=hold&duration=2";
    Session session = test::true_session(url);
    session.channels[0].part_of = session.channels[2].part_of = "left side";
    session.cross_talk.push_back({0, 1, 0.2});
    SimFiles files;
    ResultsTable table{files, "out.csv"};
    const auto device = open_device(url);
    Pipeline pipeline{device->streams(), session};
    run_offline(*device, pipeline, table);
    const auto file = files.open("out.csv");
    std::string text(file->size(), '\0');
    file->read_at(0, std::as_writable_bytes(std::span{text.data(), text.size()}));
    const std::string head = text.substr(0, text.find('\n')), row = text.substr(text.rfind('\n', text.size() - 2) + 1);
    EXPECT_TRUE(head.ends_with(",load_state,load_reason,left side_mvc,MF_L_mvc_unmixed,MF_R_mvc_unmixed,LT_L_mvc_unmixed,LT_R_mvc_unmixed")) << head;
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), std::count(head.begin(), head.end(), ','));
    EXPECT_NE(row.rfind(",0."), std::string::npos) << row;
}

}  // namespace
}  // namespace tonus
