// EMG and motion of two devices on one timeline: real drivers, their emulators, and links that hold
// frames back (reliability F16). What the clock fits say of a moment is compared with what was true.
#include <cmath>

#include <gtest/gtest.h>

#include "engine/timeline/stream_timeline.hpp"
#include "tests/support/emulated_session.hpp"

namespace tonus {
namespace {

/// Keeps the timeline of a device's first stream, as the engine does.
class Account final : public FrameSink {
public:
    Account(const StreamInfo& stream, EmulatedPorts& ports) : timeline(stream), rate_(stream.rate), ports_(ports) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (stream != 0) return;
        frames.arrival_ns = ports_.clock().now_ns();
        const Placement placement = timeline.place({.stream = 0, .first_index = first_index, .overrun_before = 0, .frames = frames});
        // The device's own number of our first frame: its emulator samples number i at i / rate of its time.
        first_number_ = first_index - placement.frame;
    }

    /// The host's time at which the device's clock showed this, as the fit has it.
    double host_s(double device_s) const noexcept {
        // The last frame of a read has just been sampled, so time is counted to its end.
        return timeline.clock().host_s(device_s - rate_.time_s(first_number_) + rate_.time_s(1));
    }

    StreamTimeline timeline;

private:
    Rate rate_;
    EmulatedPorts& ports_;
    std::uint64_t first_number_ = 0;
};

struct Case {
    double emg_ppm, motion_ppm, lost;
};

class Alignment : public testing::TestWithParam<Case> {};

TEST_P(Alignment, OfEmgAndMotionIsWithinFiveMilliseconds) {
    const Case what = GetParam();
    const auto faults = [&](double ppm, int seed) {
        return fmt::format("skew_ppm={}&jitter_ms=30&lost={}&seed={}", ppm, what.lost, seed);
    };
    const auto link_of = [&](const std::string& url) {
        return EmulatedLink{driver_of(SourceUrl{url}).emulate(SourceUrl{url}, test::EmulatedSession::body), parse_link_faults(SourceUrl{url})};
    };
    EmulatedLink emg_link = link_of("shimmer:?" + faults(what.emg_ppm, 1));
    EmulatedLink motion_link = link_of("xsens:?" + faults(what.motion_ppm, 2));
    EmulatedPorts ports;
    ports.plug(emg_link, "/dev/emg", "EMG1");
    ports.plug(motion_link, "/dev/motion", "MOTION1");
    const auto emg = open_device("shimmer:/dev/emg", ports), motion = open_device("xsens:/dev/motion", ports);
    emg->start(), motion->start();
    Account emg_account{emg->streams()[0], ports}, motion_account{motion->streams()[0], ports};

    // How late each is beyond the truth: constant, and the same for a link like the other.
    std::vector<double> off_ms;
    double emg_from = 0.0, motion_from = 0.0;
    const std::int64_t begin_ns = ports.clock().now_ns();
    for (int second = 0; second < 300; ++second) {
        const std::int64_t end_ns = begin_ns + (second + 1) * std::int64_t{1'000'000'000};
        while (ports.clock().now_ns() < end_ns) {
            emg->read(emg_account, std::chrono::milliseconds{2});
            motion->read(motion_account, std::chrono::milliseconds{2});
        }
        if (second < 60) continue;
        const double true_s = static_cast<double>(ports.clock().now_ns()) * 1e-9;
        const double emg_late_s = emg_account.host_s(true_s * (1.0 + what.emg_ppm * 1e-6)) - true_s;
        const double motion_late_s = motion_account.host_s(true_s * (1.0 + what.motion_ppm * 1e-6)) - true_s;
        if (second == 60) emg_from = emg_late_s, motion_from = motion_late_s;
        off_ms.push_back(1e3 * std::abs((emg_late_s - emg_from) - (motion_late_s - motion_from)));
    }
    std::sort(off_ms.begin(), off_ms.end());
    EXPECT_LT(off_ms[off_ms.size() * 99 / 100], 5.0);
    EXPECT_NEAR(emg_account.timeline.clock().drift_ppm, -what.emg_ppm, 20.0);
    EXPECT_NEAR(motion_account.timeline.clock().drift_ppm, -what.motion_ppm, 20.0);
    EXPECT_EQ(emg_account.timeline.ledger().lost_total() > 0, what.lost > 0.0);
}

INSTANTIATE_TEST_SUITE_P(Drifts, Alignment,
                         testing::Values(Case{300.0, -300.0, 0.0}, Case{-300.0, 300.0, 0.0}, Case{300.0, -300.0, 0.05}));

}  // namespace
}  // namespace tonus
