// Whole live sessions by the lines of drivers/README.md: emulated devices in programs of their own, recorded
// by `tonus run`, and the file compared with what the emulated electrodes and sensors felt. In real
// time, so it is short, and nothing is asked of when a frame came.
#include <chrono>
#include <cmath>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/emulated_process.hpp"
#include "tests/support/emulated_session.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/own_port.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::Emulated;
using test::KeptFrames;
using test::run_tonus;
using test::TemporaryFolder;

constexpr const char* kSubject = "subject=7&task=reps&ecg=on";  // as EmulatedSession::body
constexpr int kEmulatedS = 25;

/// The raw streams of a recording, without the results that stand beside them.
struct Recorded {
    std::vector<StreamInfo> streams;
    KeptFrames frames;
};

Recorded read_recording(const std::string& path) {
    const auto file = open_device("file:" + path);
    Recorded recorded{{file->streams().begin(), file->streams().end()}, {}};
    while (file->read(recorded.frames, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    return recorded;
}

/// Runs for five seconds and records; some devices begin to send only after two. Nothing may be lost: neither emulator nor line does wrong.
Recorded record(const std::string& sources, const TemporaryFolder& folder) {
    const std::string path = folder.file("session.xdf");
    const auto run = run_tonus("run " + sources + " --duration 5 --json --record " + path);
    EXPECT_EQ(run.exit_code, 0) << run.output;
    const json summary = json::parse(run.output, nullptr, false);
    EXPECT_TRUE(summary.is_object()) << run.output;
    for (const json& stream : summary["streams"]) EXPECT_EQ(stream["received"], stream["emitted"]) << stream;
    return read_recording(path);
}

/// What the same device felt on the same subject, from before the recording to after it.
struct Truth {
    explicit Truth(const std::string& scheme) : session(scheme) {
        const auto device = session.open();
        streams.assign(device->streams().begin(), device->streams().end());
        device->start();
        KeptFrames unused;
        session.read(*device, unused, 15.0);
    }
    test::EmulatedSession session;
    std::vector<StreamInfo> streams;
};

/// Every recorded frame of a device's streams, the first of which is `at`, is what was felt, to the last
/// count and without a hole.
void expect_felt(const Recorded& recorded, std::size_t at, const Truth& truth, std::size_t n_compared) {
    ASSERT_GE(recorded.streams.size(), at + n_compared);
    for (std::size_t s = 0; s < n_compared; ++s) {
        const auto found = recorded.frames.all.find(at + s);
        ASSERT_NE(found, recorded.frames.all.end()) << truth.streams[s].name;
        const auto& frames = found->second;
        const auto& felt = truth.session.truth.all.at(s);
        EXPECT_EQ(recorded.streams[at + s].kind, truth.streams[s].kind);
        EXPECT_EQ(recorded.streams[at + s].rate, truth.streams[s].rate);
        EXPECT_GT(static_cast<double>(frames.size()), truth.streams[s].rate.hz()) << truth.streams[s].name;
        EXPECT_EQ(frames.rbegin()->first - frames.begin()->first + 1, frames.size()) << truth.streams[s].name << " has holes";
        const std::uint64_t offset = test::count_offset(frames, felt);
        std::size_t n_wrong = 0;
        for (const auto& [index, values] : frames) {
            const auto there = felt.find(index + offset);
            if (there == felt.end() || there->second != values) ++n_wrong;
        }
        EXPECT_EQ(n_wrong, 0u) << truth.streams[s].name << ", of " << frames.size() << " frames";
    }
}

/// So that the truth, whose device is switched on at 0 s too, begins before the recording.
void let_it_run() { std::this_thread::sleep_for(std::chrono::seconds{3}); }

TEST(LiveSession, CytonAndWitMotion) {
    const TemporaryFolder folder;
    const Emulated cyton{"cyton", kEmulatedS, kSubject}, witmotion{"witmotion", kEmulatedS, kSubject};
    const Truth emg{"cyton"}, motion{"witmotion"};
    let_it_run();
    const Recorded recorded = record("--source " + cyton.address() + " --source " + witmotion.address(), folder);
    // The Cyton samples its accelerometer with every tenth packet since it was told to begin, which is
    // another moment here and there.
    expect_felt(recorded, 0, emg, 1);
    expect_felt(recorded, emg.streams.size(), motion, motion.streams.size());
}

TEST(LiveSession, TrignoAndXsens) {
    const TemporaryFolder folder;
    const std::string port = std::to_string(test::own_port());
    const Emulated trigno{"trigno:?port=" + port, kEmulatedS, kSubject}, xsens{"xsens", kEmulatedS, kSubject};
    const Truth emg{"trigno"}, motion{"xsens"};
    let_it_run();
    const Recorded recorded = record("--source '" + trigno.address() + "?port=" + port + "' --source " + xsens.address(), folder);
    expect_felt(recorded, 0, emg, emg.streams.size());
    expect_felt(recorded, emg.streams.size(), motion, motion.streams.size());
}

// The stub sends as any LSL program does; sample i of channel c is i + c / 100.
TEST(LiveSession, LabStreamingLayerAndXsens) {
    const TemporaryFolder folder;
    const test::EnvironmentVariable library{"TONUS_LIBLSL", TONUS_LSL_STUB}, stream{"LSL_STUB_STREAM", "lab:EMG:4:1000"};
    const Emulated xsens{"xsens", kEmulatedS, kSubject};
    const Truth motion{"xsens"};
    let_it_run();
    const Recorded recorded = record("--source 'lsl:?type=EMG&unit=uV' --source " + xsens.address(), folder);
    expect_felt(recorded, 1, motion, motion.streams.size());
    const auto found = recorded.frames.all.find(0);
    ASSERT_NE(found, recorded.frames.all.end());
    ASSERT_GT(found->second.size(), 2000u);
    const double first = found->second.begin()->second[0] - static_cast<double>(found->second.begin()->first);
    for (const auto& [index, values] : found->second) {
        const double i = first + static_cast<double>(index);
        for (int c = 0; c < 4; ++c) {
            ASSERT_EQ(values[static_cast<std::size_t>(c)], static_cast<double>(static_cast<float>(i + c / 100.0))) << index;
        }
    }
}

std::vector<json> markers_of(const std::string& events_path) {
    std::ifstream file{events_path};
    std::vector<json> markers;
    for (std::string line; std::getline(file, line);) {
        json event = json::parse(line, nullptr, false);
        if (event.is_object() && event["event"] == "marker") markers.push_back(std::move(event));
    }
    return markers;
}

// Four cues a second from a program of its own, between the sources, which keep their numbers.
TEST(LiveSession, MarkersOfAnotherProgramAreKeptAndShownAtReplay) {
    const TemporaryFolder folder;
    const test::EnvironmentVariable library{"TONUS_LIBLSL", TONUS_LSL_STUB}, stream{"LSL_STUB_STREAM", "lab:EMG:2:1000"}, cues{"LSL_STUB_MARKERS", "cues:4"};
    const auto run = run_tonus("run --source 'lsl:?type=Markers' --source 'lsl:?type=EMG&unit=uV' --duration 3 --record " + folder.file("a.xdf") +
                               " --events " + folder.file("run.jsonl"));
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_NE(run.output.find("cue 3"), std::string::npos) << "shown when they come: " << run.output;
    const std::vector<json> live = markers_of(folder.file("run.jsonl"));
    ASSERT_GE(live.size(), 6u);
    for (std::size_t i = 1; i < live.size(); ++i) {
        EXPECT_NEAR(live[i]["time_s"].get<double>() - live[i - 1]["time_s"].get<double>(), 0.25, 1e-3) << "by their stamps";
    }
    const auto replay = run_tonus("replay " + folder.file("a.xdf") + " --events " + folder.file("replay.jsonl"));
    EXPECT_EQ(replay.exit_code, 0) << replay.output;
    EXPECT_NE(replay.output.find("cue 3"), std::string::npos) << replay.output;
    EXPECT_EQ(markers_of(folder.file("replay.jsonl")), live);
    EXPECT_EQ(run_tonus("verify " + folder.file("a.xdf")).exit_code, 0);
}

}  // namespace
}  // namespace tonus
