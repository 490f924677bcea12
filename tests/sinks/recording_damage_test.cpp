// Power cuts and flipped bytes: a recording may lose its end or a block, and never holds a false sample.

#include <cstdlib>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/formats/verify.hpp"
#include "tests/support/recorder_drive.hpp"

namespace tonus {
namespace {

using test::read_true;
using test::RecorderDrive;
using test::TrueFrames;

constexpr const char* kPath = "/r.xdf";

/// What was asked of a disk, in order, for the states a power cut can leave.
class LoggedFiles final : public Files {
public:
    explicit LoggedFiles(Files& disk) : disk_(disk) {}

    struct Call {
        std::vector<std::byte> bytes = {};  ///< of a write; empty: a sync
        std::uint64_t n_sampled = 0;        ///< by then
    };
    std::unique_ptr<InputFile> open(const std::string& path) override { return disk_.open(path); }
    std::unique_ptr<OutputFile> create(const std::string& path, IfExists if_exists) override {
        return std::make_unique<Logged>(*this, disk_.create(path, if_exists));
    }
    bool exists(const std::string& path) override { return disk_.exists(path); }
    std::vector<std::string> names_in(const std::string& folder) override { return disk_.names_in(folder); }
    void make_folder(const std::string& path) override { disk_.make_folder(path); }
    void rename(const std::string& from, const std::string& to) override { disk_.rename(from, to); }

    std::vector<Call> calls;
    std::function<std::uint64_t()> n_sampled = [] { return std::uint64_t{0}; };

private:
    class Logged final : public OutputFile {
    public:
        Logged(LoggedFiles& files, std::unique_ptr<OutputFile> file) : files_(files), file_(std::move(file)) {}
        WriteResult write(std::span<const std::byte> bytes) noexcept override {
            files_.calls.push_back({{bytes.begin(), bytes.end()}, files_.n_sampled()});
            return file_->write(bytes);
        }
        WriteResult write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept override { return file_->write_at(offset, bytes); }
        WriteResult keep_room(std::uint64_t n_bytes) noexcept override { return file_->keep_room(n_bytes); }
        WriteResult sync() noexcept override {
            files_.calls.push_back({{}, files_.n_sampled()});
            return file_->sync();
        }

    private:
        LoggedFiles& files_;
        std::unique_ptr<OutputFile> file_;
    };
    Files& disk_;
};

/// How the sectors of what was not synced fare when the power goes.
enum class Fate { whole, torn, lost };

/// The file after a power cut behind call `n_calls`: everything synced, and of the rest any part of any write, in
/// sectors of 512 bytes; what is missing before the file's end is zeros, as journalling file systems leave it.
std::vector<std::byte> after_power_cut(const std::vector<LoggedFiles::Call>& calls, std::size_t n_calls, Random& random) {
    constexpr std::size_t kSector = 512;
    std::size_t n_synced = 0;
    for (std::size_t i = 0; i < n_calls; ++i) {
        if (calls[i].bytes.empty()) n_synced = i + 1;
    }
    std::vector<std::byte> file;
    std::size_t n_kept = 0;
    for (std::size_t i = 0; i < n_calls; ++i) {
        const std::size_t begin = file.size();
        file.insert(file.end(), calls[i].bytes.begin(), calls[i].bytes.end());
        const Fate fate = i < n_synced ? Fate::whole : static_cast<Fate>(random.below(3));
        if (fate == Fate::whole) n_kept = file.size();
        if (fate == Fate::whole || calls[i].bytes.empty()) continue;
        for (std::size_t at = begin; at < file.size(); at = (at / kSector + 1) * kSector) {
            const std::size_t end = std::min(file.size(), (at / kSector + 1) * kSector);
            if (fate == Fate::torn && random.below(2) == 0) n_kept = end;
            else std::fill(file.begin() + static_cast<std::ptrdiff_t>(at), file.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
        }
    }
    // The length is written apart from the bytes: it may be that of any moment since.
    file.resize(n_kept + random.below(file.size() - n_kept + 1));
    return file;
}

TEST(RecordingDamage, APowerCutCostsAtMostASecondAndNeverMakesAFalseSample) {
    SimFiles disk;
    LoggedFiles logged{disk};
    RecorderDrive drive{logged};
    logged.n_sampled = [&] { return drive.n_sampled(0); };
    drive.begin();
    drive.run_s(4.0);
    drive.end();

    Random random{11};
    constexpr int kStates = 2000;
    std::uint64_t n_lost_max = 0;
    int n_torn = 0;
    for (int state = 0; state < kStates; ++state) {
        // The file itself, name and headers, lasts from begin() on: its two calls.
        const std::size_t n_calls = 2 + random.below(logged.calls.size() - 1);
        const std::vector<std::byte> file = after_power_cut(logged.calls, n_calls, random);
        SimFiles after;
        after.put(kPath, file);
        const auto found = read_true(after, kPath);
        ASSERT_TRUE(found) << "state " << state << " does not open";
        ASSERT_EQ(found->n_wrong, 0u) << "state " << state;
        const std::uint64_t n_sampled = logged.calls[n_calls - 1].n_sampled;
        n_lost_max = std::max(n_lost_max, n_sampled - std::min(n_sampled, found->n[0]));
        n_torn += verify_recording(after, kPath).damages.empty() ? 0 : 1;
    }
    EXPECT_LE(n_lost_max, 1000u) << "frames of 1 ms";
    EXPECT_GT(n_torn, kStates / 4) << "the states must be worth the name";
}

std::vector<std::byte> small_recording() {
    SimFiles disk;
    RecorderDrive drive{disk, kPath, {test::true_stream("emg", StreamKind::emg, 500, 1)}};
    drive.rows = false;
    drive.begin();
    drive.run_s(0.4);
    drive.end();
    return disk.content(kPath);
}

TEST(RecordingDamage, AFlippedByteCostsAtMostABlockAndIsReported) {
    const std::vector<std::byte> whole = small_recording();
    SimFiles healthy;
    healthy.put(kPath, whole);
    const std::uint64_t n_frames = read_true(healthy, kPath)->n[0];
    ASSERT_EQ(n_frames, 200u);
    Random random{5};
    std::uint64_t n_cost_max = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::vector<std::byte> file = whole;
        file[at] ^= static_cast<std::byte>(1 + random.below(255));
        SimFiles disk;
        disk.put(kPath, file);
        const auto found = read_true(disk, kPath);
        ASSERT_TRUE(found) << "byte " << at << " stops it from opening";
        ASSERT_EQ(found->n_wrong, 0u) << "byte " << at;
        ASSERT_LE(found->n[0], n_frames);
        n_cost_max = std::max(n_cost_max, n_frames - found->n[0]);
        const Verification report = verify_recording(disk, kPath);
        ASSERT_FALSE(report.whole()) << "byte " << at << " is not reported";
        ASSERT_EQ(report.damages.size(), 1u) << "byte " << at;
        ASSERT_LE(report.damages[0].bytes.begin, at);
        ASSERT_GT(report.damages[0].bytes.end, at);
        if (!report.damages[0].at_end) {
            ASSERT_TRUE(report.streams[0].adds_up()) << "byte " << at;
            ASSERT_EQ(report.streams[0].n_unproved, n_frames - found->n[0]) << "byte " << at;
        }
    }
    EXPECT_EQ(n_cost_max, 20u) << "frames of 2 ms: a block is 40 ms";
}

TEST(RecordingDamage, ACutAnywhereLeavesEverythingBeforeIt) {
    const std::vector<std::byte> whole = small_recording();
    std::uint64_t n_before = 0;
    for (std::size_t size = 1; size < whole.size(); size += 7) {
        SimFiles disk;
        disk.put(kPath, std::span{whole}.first(size));
        const auto found = read_true(disk, kPath);
        const std::uint64_t n = found ? found->n[0] : 0;
        ASSERT_TRUE(!found || found->n_wrong == 0) << "cut at " << size;
        ASSERT_GE(n, n_before) << "cut at " << size;
        n_before = n;
    }
    EXPECT_EQ(n_before, 200u);
}

}  // namespace
}  // namespace tonus
