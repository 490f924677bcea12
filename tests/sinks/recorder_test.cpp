// The recorder on a disk that works, is slow, full or dying. Every sample names itself, so none can be wrong
// unseen.

#include <cerrno>
#include <map>

#include <gtest/gtest.h>

#include "engine/core/sim_files.hpp"
#include "engine/formats/recording_content.hpp"
#include "engine/formats/verify.hpp"
#include "tests/support/recorder_drive.hpp"

namespace tonus {
namespace {

using test::read_true;
using test::RecorderDrive;
using test::TrueFrames;

constexpr const char* kPath = "/r.xdf";

TEST(Recorder, KeepsEverySampleAndAccountsForEveryLoss) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    drive.run_s(2.0);
    drive.lose(0, 137);
    drive.recorder.event({.kind = EventKind::gap, .time_s = 2.0, .first_frame = 2000, .n_frames = 137});
    drive.run_s(1.0);
    drive.end();

    const Verification report = verify_recording(disk, kPath);
    EXPECT_TRUE(report.whole());
    EXPECT_EQ(report.n_bytes_proved, report.n_bytes);
    ASSERT_EQ(report.streams.size(), 5u);
    EXPECT_EQ(report.streams[0].name, "emg");
    EXPECT_EQ(report.streams[0].n_emitted, drive.n_sampled(0));
    EXPECT_EQ(report.streams[0].n_lost(), 137u);
    EXPECT_EQ(report.streams[2].n_found, 300u) << "results";
    EXPECT_EQ(report.streams[4].n_found, 1u) << "events";
    const auto found = read_true(disk, kPath);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->n_wrong, 0u);
    EXPECT_EQ(found->next[0], drive.n_sampled(0));
    EXPECT_EQ(found->n[0], drive.n_sampled(0) - 137);
    EXPECT_EQ(found->n[1], drive.n_sampled(1));
}

// What devices remark is kept among the events, at its time among the results, which begin with the first row.
TEST(Recorder, KeepsMarkersAtTheirTimeAmongTheResults) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    const RecordingNote early{.onset_s = 0.001, .text = "before any frame"}, later{.onset_s = 1.26, .text = "lift"};
    drive.markers.post({&early, 1});
    drive.run_s(1.5);
    drive.markers.post({&later, 1});
    drive.run_s(0.5);
    drive.end();
    EXPECT_TRUE(verify_recording(disk, kPath).whole());
    const auto reader = open_recording(disk, kPath, {.measured_only = true});
    const std::vector<RecordingNote>& markers = reader->facts().annotations;
    ASSERT_EQ(markers.size(), 2u);
    EXPECT_EQ(markers[0].text, "before any frame");
    EXPECT_EQ(markers[1].text, "lift");
    EXPECT_NEAR(markers[1].onset_s - markers[0].onset_s, 1.259, 1e-9);
    EXPECT_NEAR(markers[1].onset_s, 1.26, 0.03) << "but for the first packet";
}

/// When frames came, by stream.
class Stamps final : public FrameSink {
public:
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (first_index == 0) first_ns[stream] = frames.arrival_ns;
        n_back += frames.arrival_ns < newest_ns ? 1 : 0;
        newest_ns = frames.arrival_ns;
        behind_ns_max = std::max(behind_ns_max, newest_ns - oldest_end_ns());
        end_ns[stream] = newest_ns;
    }
    std::map<std::size_t, std::int64_t> first_ns, end_ns;
    std::int64_t newest_ns = 0, behind_ns_max = 0;
    int n_back = 0;

private:
    std::int64_t oldest_end_ns() const {
        std::int64_t oldest = newest_ns;
        for (const auto& [stream, ns] : end_ns) oldest = std::min(oldest, ns);
        return oldest;
    }
};

// A converter gives a stream the time of its first stamp. Streams of one device that were sampled together must begin
// together, whatever their rate; and results come among the frames they were computed from, not behind the last.
TEST(Recorder, ItsStreamsAreReadInTheirTime) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    drive.run_s(3.0);
    drive.end();
    Stamps stamps;
    const auto reader = open_recording(disk, kPath);
    while (reader->next(stamps)) {}
    ASSERT_EQ(stamps.first_ns.size(), 3u) << "emg, imu, results";
    EXPECT_LT(stamps.first_ns[2], 300'000'000);
    const formats::RecordingContent content = [&] {
        const auto again = open_recording(disk, kPath);
        formats::ContentSurvey survey{again->streams()};
        while (again->next(survey)) {}
        return survey.content;
    }();
    EXPECT_NEAR(content.streams[0].begin_s, content.streams[1].begin_s, 1e-6) << "1000 Hz and 100 Hz";
    EXPECT_NEAR(content.streams[2].begin_s, content.streams[0].begin_s + 0.01, 1e-6) << "the first row is of the first 10 ms";
    EXPECT_EQ(stamps.n_back, 0);
    EXPECT_LT(stamps.behind_ns_max, 500'000'000);
}

TEST(Recorder, NeverReplacesAFile) {
    SimFiles disk;
    disk.put(kPath, {});
    EXPECT_THROW(RecorderDrive{disk}, Error);
}

TEST(Recorder, IsNotBegunWhereThereIsNoRoomForAMinute) {
    SimFiles disk;
    VirtualClock clock;
    test::TrueDevice device{{test::true_stream("emg", StreamKind::emg, 2000, 32)}};
    Recorder recorder{disk, clock, kPath, {.free_bytes = [] { return std::optional<std::uint64_t>{10'000'000}; }}};
    Device* const devices[] = {&device};
    recorder.listen(devices);
    SessionInfo session;
    session.streams = {device.streams()[0]};
    EXPECT_THROW(recorder.begin(session), Error);
    EXPECT_FALSE(disk.exists(kPath));
}

// A kill of the process leaves what was written: at no time is more than 100 ms only in memory.
TEST(Recorder, HoldsBackAtMostATenthOfASecond) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    double behind_s_max = 0.0;
    for (int step = 0; step < 100; ++step) {
        drive.pass(RecorderDrive::kStepNs);
        const double n_safe = step < 3 ? 0.0 : static_cast<double>(read_true(disk, kPath)->next[0]);
        if (step >= 3) behind_s_max = std::max(behind_s_max, (static_cast<double>(drive.n_sampled(0)) - n_safe) / 1000.0);
        drive.recorder.idle(0.0, 0);
    }
    EXPECT_LE(behind_s_max, 0.1);
    EXPECT_GT(behind_s_max, 0.0);
}

// Power may go at any time: what was synced is at most half a second old.
TEST(Recorder, MakesAllLastWithinHalfASecond) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    drive.run_s(3.0);
    const std::uint64_t n_sampled = drive.n_sampled(0);
    disk.crash();
    const auto found = read_true(disk, kPath);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->n_wrong, 0u);
    EXPECT_GE(found->next[0] + 500, n_sampled);
}

/// A disk on which one call takes long; what happens meanwhile is the test's.
class StallingFiles final : public Files {
public:
    explicit StallingFiles(Files& disk) : disk_(disk) {}
    std::unique_ptr<InputFile> open(const std::string& path) override { return disk_.open(path); }
    std::unique_ptr<OutputFile> create(const std::string& path, IfExists if_exists) override {
        return std::make_unique<Stalling>(*this, disk_.create(path, if_exists));
    }
    bool exists(const std::string& path) override { return disk_.exists(path); }
    std::vector<std::string> names_in(const std::string& folder) override { return disk_.names_in(folder); }
    void make_folder(const std::string& path) override { disk_.make_folder(path); }
    void rename(const std::string& from, const std::string& to) override { disk_.rename(from, to); }

    std::function<void()> next_write, next_sync;  ///< happens during it, once

private:
    class Stalling final : public OutputFile {
    public:
        Stalling(StallingFiles& files, std::unique_ptr<OutputFile> file) : files_(files), file_(std::move(file)) {}
        WriteResult write(std::span<const std::byte> bytes) noexcept override {
            stall(files_.next_write);
            return file_->write(bytes);
        }
        WriteResult write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept override { return file_->write_at(offset, bytes); }
        WriteResult keep_room(std::uint64_t n_bytes) noexcept override { return file_->keep_room(n_bytes); }
        WriteResult sync() noexcept override {
            stall(files_.next_sync);
            return file_->sync();
        }

    private:
        static void stall(std::function<void()>& during) {
            const std::function<void()> work = std::exchange(during, nullptr);
            if (work) work();
        }
        StallingFiles& files_;
        std::unique_ptr<OutputFile> file_;
    };
    Files& disk_;
};

TEST(Recorder, LosesNothingInAStallOfTenSeconds) {
    for (const bool in_sync : {false, true}) {
        SimFiles disk;
        StallingFiles stalling{disk};
        RecorderDrive drive{stalling};
        drive.begin();
        drive.run_s(1.0);
        (in_sync ? stalling.next_sync : stalling.next_write) = [&] { drive.pass(10'000'000'000); };
        drive.run_s(2.0);
        EXPECT_FALSE(stalling.next_sync || stalling.next_write) << "it did stall";
        drive.end();
        const auto found = read_true(disk, kPath);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->n_wrong, 0u);
        EXPECT_EQ(found->n[0], 13'000u);
        EXPECT_EQ(found->n[0], drive.n_sampled(0));
        EXPECT_TRUE(verify_recording(disk, kPath).whole());
    }
}

// Rings hold 30 s. What a longer stall costs is in the ledger, and the recorder says so.
TEST(Recorder, CountsWhatAVeryLongStallCosts) {
    SimFiles disk;
    StallingFiles stalling{disk};
    RecorderDrive drive{stalling};
    drive.rows = false;
    drive.begin();
    drive.run_s(1.0);
    stalling.next_write = [&] { drive.pass(200'000'000'000); };
    drive.run_s(1.0);
    EXPECT_THROW(drive.end(), Error);
    const Verification report = verify_recording(disk, kPath);
    EXPECT_TRUE(report.whole());
    EXPECT_EQ(report.streams[0].n_emitted, drive.n_sampled(0));
    EXPECT_GT(report.streams[0].lost[static_cast<std::size_t>(GapCause::overrun)], 0u);
    EXPECT_GT(report.streams[0].n_found, 30'000u);
    EXPECT_EQ(read_true(disk, kPath)->n_wrong, 0u);
}

// What a person sees while the disk is slow, is full, and is well again.
TEST(Recorder, TellsHowItFares) {
    SimFiles disk;
    StallingFiles stalling{disk};
    RecorderDrive drive{stalling};
    drive.begin();
    drive.run_s(1.0);
    EXPECT_EQ(drive.recorder.status().state, RecorderStatus::State::well);
    EXPECT_LT(drive.recorder.status().unwritten_s, 0.1);
    EXPECT_LT(drive.recorder.status().unsafe_s, 0.5);
    EXPECT_EQ(drive.recorder.status().n_bytes, disk.content(kPath).size());
    EXPECT_FALSE(drive.recorder.status().room_s);
    stalling.next_write = [&] {
        drive.pass(3'000'000'000);
        EXPECT_EQ(drive.recorder.status().state, RecorderStatus::State::late);
        EXPECT_NEAR(drive.recorder.status().unwritten_s, 3.0, 0.2);
    };
    drive.run_s(0.2);
    EXPECT_FALSE(stalling.next_write);
    EXPECT_EQ(drive.recorder.status().state, RecorderStatus::State::well);
    disk.set_capacity(disk.used_bytes());
    drive.run_s(4.0);
    EXPECT_EQ(drive.recorder.status().state, RecorderStatus::State::waiting);
    EXPECT_GT(drive.recorder.status().unwritten_s, 1.0);
    disk.set_capacity(1 << 30);
    drive.run_s(1.0);
    EXPECT_EQ(drive.recorder.status().state, RecorderStatus::State::well);
    EXPECT_LT(drive.recorder.status().unsafe_s, 0.5);
    drive.end();
}

TEST(Recorder, SaysHowItFaresInOneLine) {
    EXPECT_EQ(recorder_text({.n_bytes = 1'234'567, .unsafe_s = 0.31, .room_s = 50'000.0}), "recording 1.2 MB, safe up to 0.3 s ago, room for 14 h");
    EXPECT_EQ(recorder_text({.state = RecorderStatus::State::waiting, .unwritten_s = 2.0}), "recording 0.0 MB, DISK FULL: 2.0 s wait in memory, make room");
    EXPECT_EQ(recorder_text({.state = RecorderStatus::State::late, .unwritten_s = 2.0}), "recording 0.0 MB, LATE: 2.0 s wait for a slow disk");
}

constexpr double kFaultRunS = 1.5;

std::uint64_t calls_of_a_healthy_run(bool syncs) {
    SimFiles disk;
    RecorderDrive drive{disk};
    drive.begin();
    drive.run_s(kFaultRunS);
    drive.end();
    return syncs ? disk.n_syncs() : disk.n_writes();
}

TEST(Recorder, KeepsAllBeforeADiskThatIsFullFromAnyWriteOn) {
    const std::uint64_t n_writes = calls_of_a_healthy_run(false);
    ASSERT_GT(n_writes, 30u);
    for (std::uint64_t call = 1; call <= n_writes; ++call) {
        SimFiles disk{{{.on = SimFault::On::write, .call = call, .error_number = ENOSPC, .from_then_on = true}}};
        RecorderDrive drive{disk};
        if (call == 1) {
            EXPECT_THROW(drive.begin(), Error);
            continue;
        }
        drive.begin();
        drive.run_s(kFaultRunS);
        EXPECT_THROW(drive.end(), Error) << "write " << call;
        EXPECT_FALSE(drive.notices.empty() && call < n_writes) << "the user is told";
        const Verification report = verify_recording(disk, kPath);
        EXPECT_TRUE(report.damages.empty()) << "write " << call;
        EXPECT_FALSE(report.closed);
        const auto found = read_true(disk, kPath);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->n_wrong, 0u);
        EXPECT_GE(found->next[0] + 40, std::min<std::uint64_t>((call - 2) * 40, drive.n_sampled(0))) << "write " << call;
    }
}

// Room for its end is kept, so that a full disk does not keep the file from saying why it ends and what is missing.
TEST(Recorder, SaysInTheFileThatTheDiskWasFull) {
    SimFiles endless;
    RecorderDrive whole{endless};
    whole.begin();
    const std::uint64_t n_head = endless.content(kPath).size();
    whole.run_s(kFaultRunS);
    whole.end();
    constexpr std::uint64_t kEndRoom = 64 << 10, kFirstBlock = 4096;
    const std::uint64_t n_whole = endless.content(kPath).size() + kEndRoom;
    int n_short = 0;
    for (std::uint64_t capacity = n_head + kFirstBlock + kEndRoom; capacity < n_whole; capacity += 1500) {
        SimFiles disk;
        disk.set_capacity(capacity);
        RecorderDrive drive{disk};
        drive.begin();
        drive.run_s(kFaultRunS);
        EXPECT_THROW(drive.end(), Error) << capacity;
        const Verification report = verify_recording(disk, kPath);
        EXPECT_TRUE(report.damages.empty()) << capacity;
        EXPECT_FALSE(report.closed) << "it did not end in good order";
        for (const Verification::Stream& stream : report.streams) EXPECT_TRUE(stream.adds_up()) << stream.name << " " << capacity;
        EXPECT_EQ(report.streams[0].n_emitted, drive.n_sampled(0)) << capacity;
        EXPECT_EQ(report.streams[0].lost[static_cast<std::size_t>(GapCause::recording)], drive.n_sampled(0) - report.streams[0].n_found);
        n_short += report.streams[0].n_found < drive.n_sampled(0) ? 1 : 0;
        const std::vector<std::byte> bytes = disk.content(kPath);
        const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        EXPECT_NE(text.find("\"event\":\"recording_ended\""), std::string::npos) << capacity;
        EXPECT_EQ(read_true(disk, kPath)->n_wrong, 0u) << capacity;
    }
    EXPECT_GT(n_short, 10);
}

TEST(Recorder, LosesNothingWhenThereIsRoomAgain) {
    const std::uint64_t n_writes = calls_of_a_healthy_run(false);
    for (std::uint64_t call = 2; call <= n_writes; ++call) {
        SimFiles disk{{{.on = SimFault::On::write, .call = call, .error_number = ENOSPC}}};
        RecorderDrive drive{disk};
        drive.begin();
        drive.run_s(kFaultRunS);
        drive.end();
        EXPECT_TRUE(verify_recording(disk, kPath).whole()) << "write " << call;
        const auto found = read_true(disk, kPath);
        EXPECT_EQ(found->n_wrong, 0u);
        EXPECT_EQ(found->n[0], drive.n_sampled(0)) << "write " << call;
    }
}

// After an error nobody knows what a file holds: all that was not yet safe goes to a new one.
TEST(Recorder, GoesOnInANewFileWhenTheDiskFails) {
    for (const SimFault::On on : {SimFault::On::write, SimFault::On::sync}) {
        const std::uint64_t n_calls = calls_of_a_healthy_run(on == SimFault::On::sync);
        for (std::uint64_t call = 2; call <= n_calls; ++call) {
            SimFiles disk{{{.on = on, .call = call, .error_number = EIO}}};
            RecorderDrive drive{disk, kPath, {test::true_stream("emg", StreamKind::emg, 1000, 4)}};
            drive.begin();
            drive.run_s(kFaultRunS);
            EXPECT_THROW(drive.end(), Error) << "a suspect file is a failed run";
            EXPECT_FALSE(drive.notices.empty());
            const Verification second = verify_recording(disk, "/r-2.xdf");
            EXPECT_TRUE(second.whole()) << "call " << call;
            const std::uint64_t n_second = second.streams[0].n_found;
            const auto rest = read_true(disk, "/r-2.xdf");
            ASSERT_TRUE(rest);
            EXPECT_EQ(rest->next[0], drive.n_sampled(0)) << "frames keep their numbers";
            EXPECT_EQ(rest->n_wrong, 0u) << "call " << call;
            const auto first = read_true(disk, kPath);
            EXPECT_EQ(first->n_wrong, 0u);
            EXPECT_GE(first->next[0] + n_second, drive.n_sampled(0)) << "call " << call;
        }
    }
}

}  // namespace
}  // namespace tonus
