// Every sEMG recording of the team's data that is in a format Tonus reads, through the whole
// pipeline with its session file, against a plain double-precision computation of the same chain.

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/pipeline/montage.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

struct Recording {
    const char* session;  ///< under tests/data/sessions
    const char* file;     ///< under the shared data
    double rate_hz;
};

const Recording kRecordings[] = {
    {"Back", "01_openbci_trunk_arm_csv/Back.csv", 250},
    {"Back_resting", "01_openbci_trunk_arm_csv/Back_resting.csv", 250},
    {"Biceps", "01_openbci_trunk_arm_csv/Biceps.csv", 250},
    {"Biceps_lifting", "01_openbci_trunk_arm_csv/Biceps_lifting.csv", 250},
    {"Biceps_resting", "01_openbci_trunk_arm_csv/Biceps_resting.csv", 250},
    {"Chest", "01_openbci_trunk_arm_csv/Chest.csv", 250},
    {"Deltoids_lifting", "01_openbci_trunk_arm_csv/Deltoids_lifting.csv", 250},
    {"Triceps", "01_openbci_trunk_arm_csv/Triceps.csv", 250},
    {"Triceps_resting", "01_openbci_trunk_arm_csv/Triceps_resting.csv", 250},
    {"analogs", "02_c3d_shoulder_local_global/analogs.csv", 2000},
    {"emg", "08_bitalino_opensignals_txt/emg.txt", 1000},
    {"OpenBCI_GUI-v6-blinks-jawClench-alpha", "09_openbci_gui/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt", 250},
    {"emg_healthy", "13_physionet_emgdb/emg_healthy.txt", 4000},
    {"emg_data_myo", "14_myo_features_matlab/emg_data_myo.csv", 200},
    {"raw_emg_uv", "15_gait_synergies/raw_emg_uv.csv", 1000},
    {"emg_bmc", "16_bmc_emg/emg.csv", 1000},
};

Session session_of(const Recording& recording) {
    return load_session(test::project_folder().string() + "/tests/data/sessions/" + recording.session + ".toml");
}

/// The samples of the channels of a device, in microvolts, without any of our stages.
class Samples final : public FrameSink {
public:
    explicit Samples(std::span<const StreamInfo> streams) : streams_(streams), of(streams.size()) {}
    void push(std::size_t s, std::uint64_t, RawFrames frames) noexcept override {
        of[s].resize(streams_[s].channels.size());
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            for (std::size_t c = 0; c < frames.n_channels; ++c) {
                const ChannelInfo& info = streams_[s].channels[c];
                const double per_unit = info.unit == "V" ? 1e6 : info.unit == "mV" ? 1e3 : 1.0;
                of[s][c].push_back((frames.at(f, c) * info.scale + info.offset) * per_unit);
            }
        }
    }

private:
    std::span<const StreamInfo> streams_;

public:
    std::vector<std::vector<std::vector<double>>> of;  ///< [stream][channel][frame]
};

class RecordingReplay : public testing::TestWithParam<Recording> {};

TEST_P(RecordingReplay, MatchesTheSameChainInDouble) {
    const Recording& recording = GetParam();
    TONUS_NEEDS_SHARED(path, std::string{"data/"} + recording.file);
    Session session = session_of(recording);
    // The canceller follows the hum it finds; the plain computation has a fixed notch or none.
    if (session.mains == "auto") session.mains = "off";
    const std::string url = source_url(session.sources.at(0), "file:" + path.string());
    const test::CollectingSink sink = test::replay(url, session);
    ASSERT_EQ(sink.session.channels.size(), session.channels.size());

    const auto device = open_device(url);
    std::size_t s = 0;
    while (device->streams()[s].kind != StreamKind::emg) ++s;
    const StreamInfo& stream = device->streams()[s];
    EXPECT_NEAR(stream.rate.hz(), recording.rate_hz, 1e-6 * recording.rate_hz);
    Samples samples{device->streams()};
    while (device->read(samples, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    const std::size_t n_frames = samples.of[s][0].size();
    ASSERT_EQ(sink.rows.size(), stream.rate.tick_of(n_frames)) << "one row for every whole 10 ms";

    for (std::size_t m = 0; m < session.channels.size(); ++m) {
        const SessionChannel& channel = session.channels[m];
        std::size_t lane = 0;
        const bool by_label = channel.input.find_first_not_of("0123456789") != std::string::npos;
        if (by_label) {
            while (stream.channels[lane].label != channel.input) ++lane;
        } else {
            lane = std::stoul(channel.input) - 1;
        }
        std::vector<double> x = samples.of[s][lane];
        const double first = x[0];
        for (double& v : x) v -= first;
        std::vector<Section> sections = profile_sections(profile_of(channel, session.profile), stream.rate.hz());
        if (session.mains == "60") sections.push_back(notch(60.0, 30.0, stream.rate.hz()));
        SectionCascade<double> cascade{sections};
        cascade.process_signal(x);

        std::size_t n_valid = 0;
        double worst = 0.0, largest = 0.0;
        for (std::size_t tick = 25; tick < sink.rows.size(); ++tick) {
            const ChannelResult& result = sink.rows[tick].channels[m];
            // Where the gate took samples out, the plain computation does not hold.
            if (result.rms_status.state != ValueState::valid || result.rms_status.valid_fraction < 1.0f) continue;
            const std::uint64_t end = stream.rate.first_frame_of(tick + 1), begin = stream.rate.first_frame_of(tick + 1 - 25);
            double energy = 0.0;
            for (std::uint64_t i = begin; i < end; ++i) energy += x[i] * x[i];
            const double expected = std::sqrt(energy / static_cast<double>(end - begin));
            if (tick >= 200) worst = std::max(worst, std::abs(static_cast<double>(result.rms_uv) - expected));
            largest = std::max(largest, expected);
            ++n_valid;
        }
        const bool is_flat = std::string{recording.session} == "Triceps_resting";  // one value throughout
        if (is_flat) {
            EXPECT_EQ(sink.rows.back().channels[m].rms_status.reason, Reason::lead_off);
            continue;
        }
        EXPECT_LE(worst, 1e-4 * largest) << channel.name;
        EXPECT_GT(n_valid, sink.rows.size() / 4) << channel.name;
    }
}

TEST_P(RecordingReplay, IsTheSameInFullSpeedAndInLiveThreads) {
    const Recording& recording = GetParam();
    TONUS_NEEDS_SHARED(path, std::string{"data/"} + recording.file);
    const Session session = session_of(recording);
    const std::string url = source_url(session.sources.at(0), "file:" + path.string());
    const test::CollectingSink offline = test::replay(url, session);

    const auto device = open_device(url);
    Pipeline pipeline{device->streams(), session};
    test::CollectingSink live;
    Device* const devices[] = {device.get()};
    Sink* const sinks[] = {&live};
    VirtualClock clock;
    run_live(devices, pipeline, sinks, {.virtual_clock = &clock, .seed = 3});
    EXPECT_TRUE(same_bits(offline, live));
}

INSTANTIATE_TEST_SUITE_P(All, RecordingReplay, testing::ValuesIn(kRecordings), [](const testing::TestParamInfo<Recording>& recording) {
    std::string name = recording.param.session;
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '-'; }, '_');
    return name;
});

TEST(RecordingReplay, HasASessionFileForEveryRecording) {
    std::size_t n_files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{test::project_folder().string() + "/tests/data/sessions"}) {
        n_files += entry.path().extension() == ".toml" ? 1u : 0u;
    }
    EXPECT_EQ(n_files, std::size(kRecordings));
}

}  // namespace
}  // namespace tonus
