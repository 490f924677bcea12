// Outputs may not depend on how the input was cut into blocks (design, "Contracts"): the whole
// chain, with losses, faults and spectra, is fed the same frames in other cuts.

#include <algorithm>
#include <functional>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

struct Taken {
    std::size_t stream;
    std::uint64_t first_index;
    std::vector<std::byte> bytes;
    RawFrames shape;
};

class Taker final : public FrameSink {
public:
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        const std::span<const std::byte> bytes = frames.bytes();
        all.push_back({stream, first_index, {bytes.begin(), bytes.end()}, frames});
    }
    std::vector<Taken> all;
};

std::vector<Taken> take(Device& device) {
    Taker taker;
    device.start();
    for (ReadStatus status = ReadStatus::frames; status != ReadStatus::ended;) {
        status = device.read(taker, std::chrono::milliseconds{0});
    }
    return taker.all;
}

CollectingSink run_cut(const Device& device, const Session& session, const std::vector<Taken>& taken,
                       const std::function<std::size_t()>& cut) {
    Pipeline pipeline{device.streams(), session};
    CollectingSink sink;
    for (const Taken& record : taken) {
        RawFrames frames = record.shape;
        frames.data = record.bytes.data();
        for (std::size_t done = 0; done < frames.n_frames;) {
            const std::size_t n = std::min(cut(), frames.n_frames - done);
            const MergedRecord merged{0, {.stream = record.stream,
                                          .first_index = record.first_index + done,
                                          .overrun_before = 0,
                                          .frames = frames.slice(done, n)}};
            while (!pipeline.process(merged, sink)) {}
            done += n;
        }
    }
    return sink;
}

void expect_no_difference(const std::string& url, const std::function<void(Session&)>& change = [](Session&) {}) {
    const auto device = open_device(url);
    Session session = test::session_with_references(*device, {80, 80, 100, 100}, 2.5);
    change(session);
    const std::vector<Taken> taken = take(*device);
    ASSERT_GT(taken.size(), 2u);

    const CollectingSink whole = run_cut(*device, session, taken, [] { return std::size_t{1000}; });
    ASSERT_GT(whole.rows.size(), 1000u);
    for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{20}, std::size_t{500}}) {
        EXPECT_TRUE(same_bits(whole, run_cut(*device, session, taken, [n] { return n; }))) << "blocks of " << n;
    }
    Random random{4};
    EXPECT_TRUE(same_bits(whole, run_cut(*device, session, taken, [&] { return 1 + random.below(300); }))) << "random";
}

class ChunkInvariance : public testing::TestWithParam<const char*> {};

TEST_P(ChunkInvariance, HoldsForTheWholePipeline) {
    expect_no_difference(std::string{"sim:?subject=3&packet=1000&duration=12&"} + GetParam());
}

TEST(ChunkInvarianceOfEstimators, HoldsWithGapsAndAtAnyRate) {
    for (const char* rate : {"1000", "2148.148148", "250"}) {
        const std::string url = fmt::format("sim:?subject=3&packet=1000&duration=12&task=demo&gap=3.0-3.05,5-7&rate={}", rate);
        expect_no_difference(url, [](Session& session) { session.estimator = "exponential"; });
        expect_no_difference(url, [](Session& session) { session.estimator = "bayes"; });
        expect_no_difference(url, [](Session& session) { session.whitening = true; });
    }
}

INSTANTIATE_TEST_SUITE_P(Signals, ChunkInvariance,
                         testing::Values("task=demo", "task=reps&ecg=on&mains=50", "task=demo&gap=3.0-3.05,5-7",
                                         "task=demo&loss=0.1", "task=demo&lead_off=MF_L@4-7&saturate=LT_L@5-6",
                                         "task=demo&float=on&nan=MF_L@3-4,LT_R@5-5.02",
                                         "task=demo&rate=2148.148148", "task=demo&rate=250", "task=demo&mains=60&duration=25&spikes=0.5",
                                         "task=hold&imu=on&vibration=30&vibration_at=2-7&loss=0.02"));

}  // namespace
}  // namespace tonus
