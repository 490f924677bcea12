// A session that was recorded gives the same results again, to the bit: losses, absences and all.

#include <gtest/gtest.h>

#include "engine/core/sim_files.hpp"
#include "engine/formats/recorded_head.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/formats/verify.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

constexpr const char* kPath = "/r.xdf";

/// A recording as a device, as the file driver has it.
class Replayed final : public Device {
public:
    Replayed(Files& files, std::optional<std::size_t> device) : reader_(open_recording(files, kPath, {.measured_only = true, .device = device})) {}
    std::span<const StreamInfo> streams() const noexcept override { return reader_->streams(); }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override { return reader_->next(sink) ? ReadStatus::frames : ReadStatus::ended; }
    void stop() noexcept override {}

private:
    std::unique_ptr<RecordingReader> reader_;
};

/// An emulated device in a live run: its clock and the run's go together.
class LiveEmulation final : public Device {
public:
    LiveEmulation(test::EmulatedSession& session, Device& device, VirtualClock& clock, double end_s)
        : session_(session), device_(device), clock_(clock), end_s_(end_s) {}
    std::span<const StreamInfo> streams() const noexcept override { return device_.streams(); }
    void start() override { device_.start(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override {
        const double before_s = session_.now_s();
        const ReadStatus status = device_.read(sink, timeout);
        clock_.advance(std::chrono::nanoseconds{static_cast<std::int64_t>((session_.now_s() - before_s) * 1e9)});
        return session_.now_s() < end_s_ ? status : ReadStatus::ended;
    }
    void stop() noexcept override { device_.stop(); }

private:
    test::EmulatedSession& session_;
    Device& device_;
    VirtualClock& clock_;
    double end_s_;
};

/// @param delay_s  of the last device's link
Session session_of(std::span<Device* const> devices, double delay_s = 0.0) {
    std::vector<std::span<const StreamInfo>> streams;
    for (const Device* device : devices) streams.push_back(device->streams());
    Session session = default_session(streams);
    for (std::size_t i = 0; i < session.channels.size(); ++i) {
        session.channels[i].name += "_" + std::to_string(i);
        session.channels[i].reference = MvcReference{.rest_uv = 2.5, .mvc_uv = 80.0};
    }
    session.sources.resize(devices.size());
    session.sources.back().delay_s = delay_s;
    return session;
}

CollectingSink live(std::span<Device* const> devices, VirtualClock& clock, SimFiles& disk, std::uint64_t seed, double delay_s = 0.0) {
    const Session session = session_of(devices, delay_s);
    std::vector<std::span<const StreamInfo>> streams;
    for (const Device* device : devices) streams.push_back(device->streams());
    Pipeline pipeline{streams, session};
    CollectingSink sink;
    Sink* const sinks[] = {&sink};
    Recorder recorder{disk, clock, kPath, {.session_text = session_text(session)}};
    run_live(devices, pipeline, sinks, {.virtual_clock = &clock, .seed = seed, .recorder = &recorder});
    return sink;
}

CollectingSink replayed(SimFiles& disk, double delay_s = 0.0) {
    const std::size_t n_devices = formats::recorded_head(disk, kPath).n_devices;
    std::vector<std::unique_ptr<Device>> owned;
    std::vector<Device*> devices;
    std::vector<std::span<const StreamInfo>> streams;
    for (std::size_t d = 0; d < n_devices; ++d) {
        owned.push_back(std::make_unique<Replayed>(disk, d));
        devices.push_back(owned.back().get());
        streams.push_back(devices.back()->streams());
    }
    Pipeline pipeline{streams, session_of(devices, delay_s)};
    CollectingSink sink;
    Sink* const sinks[] = {&sink};
    run_offline(devices, pipeline, sinks);
    return sink;
}

TEST(RecordingReplay, RepeatsTwoDevicesInOneFileForEverySchedule) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto first = open_device("sim:?subject=5&task=demo&duration=4&imu=on&loss=0.05&seed=3");
        const auto second = open_device("sim:?subject=6&task=reps&duration=4&rate=2148.148&loss=0.02");
        Device* const devices[] = {first.get(), second.get()};
        VirtualClock clock;
        SimFiles disk;
        const CollectingSink before = live(devices, clock, disk, seed);
        ASSERT_GT(before.rows.size(), 300u);
        EXPECT_TRUE(same_bits(before, replayed(disk))) << "schedule " << seed;
        EXPECT_TRUE(verify_recording(disk, kPath).whole());
    }
}

// The file keeps arrivals as they were, so that a delay that is found later can be set, and one that was set
// is not taken back twice.
TEST(RecordingReplay, TakesBackTheDelayOfALinkAsTheRunDid) {
    const auto first = open_device("sim:?subject=5&task=demo&duration=4"), second = open_device("sim:?subject=6&task=reps&duration=4&rate=2148.148");
    Device* const devices[] = {first.get(), second.get()};
    VirtualClock clock;
    SimFiles disk;
    const CollectingSink before = live(devices, clock, disk, 1, 0.12);
    EXPECT_TRUE(same_bits(before, replayed(disk, 0.12)));
    EXPECT_FALSE(same_bits(before, replayed(disk))) << "or the delay does nothing";
    const Session kept = parse_session(formats::recorded_head(disk, kPath).session, kPath);
    EXPECT_DOUBLE_EQ(kept.sources.at(1).delay_s, 0.12);
}

TEST(RecordingReplay, RepeatsALiveRunOfADeviceThatLosesPacketsAndGoesAway) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        test::EmulatedSession emulated{"cyton", "lost=0.02&unplug=3-4.5"};
        const auto device = emulated.open();
        VirtualClock clock;
        LiveEmulation running{emulated, *device, clock, 9.0};
        Device* const devices[] = {&running};
        SimFiles disk;
        const CollectingSink before = live(devices, clock, disk, seed);
        ASSERT_GT(before.rows.size(), 500u);
        std::size_t n_away = 0;
        for (const Event& event : before.events) n_away += event.kind == EventKind::gap && event.cause == GapCause::away ? 1u : 0u;
        ASSERT_GE(n_away, 1u) << "the absence is part of it";
        ASSERT_GT(before.count(EventKind::gap), 5u);

        EXPECT_TRUE(same_bits(before, replayed(disk))) << "seed " << seed;
        const Verification report = verify_recording(disk, kPath);
        EXPECT_TRUE(report.whole());
        const LossLedger& ledger = before.summary.streams[0].ledger;
        EXPECT_EQ(report.streams[0].n_emitted, ledger.emitted());
        EXPECT_EQ(report.streams[0].n_found, ledger.received);
        EXPECT_EQ(report.streams[0].lost, ledger.lost);
    }
}

// The calibration that was in force is in the file: without it a fraction of maximum could not be repeated.
TEST(RecordingReplay, FindsItsSessionInTheHeader) {
    const auto device = open_device("sim:?subject=5&duration=1");
    Device* const devices[] = {device.get()};
    VirtualClock clock;
    SimFiles disk;
    live(devices, clock, disk, 1);
    EXPECT_EQ(formats::recorded_head(disk, kPath).session, session_text(session_of(devices)));
    EXPECT_NO_THROW(parse_session(formats::recorded_head(disk, kPath).session, kPath));
}

}  // namespace
}  // namespace tonus
