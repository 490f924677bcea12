// Many recordings at once, by the real binary.

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/sim_files.hpp"
#include "engine/formats/recording_reader.hpp"
#include "tests/formats/collect.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

extern char** environ;

namespace tonus {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_tonus;

class Batch : public test::TempFolder {
protected:
    /// Three seconds of two muscles; the loudness tells one recording from another.
    std::string recording(const std::string& name, int loudness) const {
        std::string text = "time_s,MF_L[uV],LT_L[uV]\n";
        for (int i = 0; i < 3000; ++i) text += std::to_string(i / 1000.0) + "," + std::to_string(loudness * ((i * 7919) % 21 - 10)) + "," + std::to_string(i % 7) + "\n";
        write(name, text);
        return "'" + path(name) + "' ";
    }
    json run(const std::string& files, const std::string& more = "") const {
        const auto result = run_tonus("batch " + files + " --out " + path("out") + " --json 2>" + path("err") + " " + more);
        return json::parse(result.output.substr(0, result.output.find('\n')));
    }
    std::vector<std::string> lines(const std::string& name) const {
        std::istringstream in{text(name)};
        std::vector<std::string> all;
        for (std::string line; std::getline(in, line);) all.push_back(line);
        return all;
    }
};

TEST_F(Batch, ARowForEachMuscleInTheOrderOfTheRecordings) {
    const json said = run(recording("b.csv", 20) + recording("a.csv", 1) + recording("c,d.csv", 5), "--jobs 3");
    EXPECT_EQ(said["done"], 3);
    const std::vector<std::string> rows = lines("out/summary.csv");
    ASSERT_EQ(rows.size(), 1u + 3u * 2u);
    EXPECT_EQ(rows[0].substr(0, 33), "recording,muscle,class,duration_s");
    for (std::size_t i = 1; i < rows.size(); ++i) {
        EXPECT_NE(rows[i].find(std::array{"b.csv", "a.csv", "c,d.csv"}[(i - 1) / 2]), std::string::npos) << rows[i];
        EXPECT_NE(rows[i].find(i % 2 == 1 ? ",MF_L," : ",LT_L,"), std::string::npos) << rows[i];
    }
    EXPECT_EQ(rows[5].front(), '"') << "a name with a comma is quoted: " << rows[5];
    const test::Recording array = test::read_all(system_files(), path("out/summary.npy"), {.rate = Rate{1, 1}, .unit = {}, .scale_uv = {}, .channels = {}});
    // Six rows of 23 columns: the reader takes the longer side for time.
    EXPECT_EQ(array.n_frames() * array.infos.at(0).channels.size(), 6u * 23u);
}

TEST_F(Batch, TheSameNumbersAsAReplay) {
    const std::string session = " --session " + path("s.toml");
    ASSERT_EQ(run_tonus("calibrate --fast --quiet --source 'sim:?subject=9&task=calibration'" + session).exit_code, 0);
    const std::string source = "'sim:?subject=9&task=demo&duration=6&loss=0.01'";
    const json replay = json::parse(run_tonus("replay --json " + source + session).output);
    run(source, session);
    std::istringstream row{lines("out/summary.csv").at(1)};
    std::vector<std::string> cells;
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const json& channel = replay["channels"][0];
    EXPECT_EQ(cells.at(1), channel["name"]);
    EXPECT_EQ(std::stod(cells.at(4)), replay["streams"][0]["lost"]["device"].get<double>());
    EXPECT_NEAR(std::stod(cells.at(9)), channel["mean_mvc"].get<double>(), 1e-6);
    EXPECT_NEAR(std::stod(cells.at(10)), channel["peak_mvc"].get<double>(), 1e-6);
    EXPECT_GT(std::stod(cells.at(9)), 0.02);
}

/// The most memory that a run of the binary held, in KiB, by the kernel's mark.
std::size_t peak_kib(const std::string& arguments) {
    std::vector<std::string> words{TONUS_BINARY};
    std::istringstream in{arguments};
    for (std::string word; in >> word;) words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t pid = 0;
    if (posix_spawn(&pid, TONUS_BINARY, nullptr, nullptr, argv.data(), environ) != 0) return 0;
    std::size_t peak = 0;
    // The mark only rises: what is read last is at most a moment old.
    while (waitpid(pid, nullptr, WNOHANG) == 0) {
        std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
        for (std::string line; std::getline(status, line);) {
            if (line.rfind("VmHWM:", 0) == 0) peak = std::stoul(line.substr(6));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return peak;
}

// A minute of the simulator is 2 MB in memory: eight more of them that stayed would show.
TEST_F(Batch, MemoryDoesNotGrowWithTheNumberOfRecordings) {
#ifdef TONUS_SANITIZED
    GTEST_SKIP() << "a sanitizer keeps freed memory";
#endif
    const auto peak_of = [&](int n_recordings) {
        std::string files;
        for (int i = 0; i < n_recordings; ++i) files += " sim:?duration=60&seed=" + std::to_string(i);
        return peak_kib("batch" + files + " --jobs 1 -q --out " + path("out" + std::to_string(n_recordings)));
    };
    const std::size_t few = peak_of(2), many = peak_of(10);
    ASSERT_GT(few, 4000u);
    EXPECT_LT(many, few + 4096) << few;
}

TEST_F(Batch, ABadRecordingStopsNoOtherAndIsListed) {
    write("bad.edf", "no recording at all");
    const std::string files = recording("a.csv", 1) + "'" + path("bad.edf") + "' " + path("missing.edf") + " " + recording("b.csv", 2);
    EXPECT_EQ(run_tonus("batch " + files + " --out " + path("out")).exit_code, 1);
    EXPECT_EQ(lines("out/summary.csv").size(), 5u);
    const std::vector<std::string> failed = lines("out/summary_failed.csv");
    ASSERT_EQ(failed.size(), 3u);
    EXPECT_NE(failed[1].find("bad.edf"), std::string::npos);
    EXPECT_NE(failed[2].find("no such file"), std::string::npos) << failed[2];
}

TEST_F(Batch, ASecondRunTakesOnlyWhatIsMissingOrChanged) {
    const std::string a = recording("a.csv", 1), b = recording("b.csv", 2);
    EXPECT_EQ(run(a + b)["of_these_before"], 0);
    const std::string first = text("out/summary.csv");
    const std::string c = recording("c.csv", 3);
    const json second = run(a + b + c);
    EXPECT_EQ(second["of_these_before"], 2);
    EXPECT_EQ(second["done"], 3);
    EXPECT_EQ(text("out/summary.csv").substr(0, first.size()), first);
    recording("a.csv", 7);  // another content of nearly the same size
    EXPECT_EQ(run(a + b + c)["of_these_before"], 2);
    EXPECT_NE(text("out/summary.csv").substr(0, first.size()), first) << "the new a.csv is in the table";
    write("s.toml", "[load]\nlimit_mvc = 0.4\n");
    EXPECT_EQ(run(a + b + c, "--session " + path("s.toml"))["of_these_before"], 0) << "another session, other results";
}

// Whatever ended the batch, a journal cut anywhere gives back the entries that are whole.
TEST_F(Batch, GoesOnFromAJournalThatWasCutAnywhere) {
    const std::string files = recording("a.csv", 1) + recording("b.csv", 2);
    run(files, "--jobs 1");
    const std::string table = text("out/summary.csv"), journal = text("out/summary_journal.txt");
    const std::size_t whole = journal.find("end\n") + 4;
    for (const std::size_t at : {std::size_t{0}, std::size_t{10}, whole - 3, whole - 1, whole, whole + 40, journal.size() - 1}) {
        write("out/summary_journal.txt", journal.substr(0, at));
        EXPECT_EQ(run(files)["of_these_before"], at < whole ? 0 : 1) << at;
        EXPECT_EQ(text("out/summary.csv"), table) << at;
    }
}

TEST_F(Batch, AWrongSessionIsSaidOnceAndARecordingIsNeverTheTable) {
    write("s.toml", "[laod]\n");
    EXPECT_EQ(run_tonus("batch " + recording("a.csv", 1) + " --session " + path("s.toml") + " --out " + path("out")).exit_code, 2);
    EXPECT_EQ(run_tonus("batch " + recording("a.csv", 1) + " --out " + path("a.csv")).exit_code, 2);
    EXPECT_EQ(lines("a.csv").size(), 3001u);
}

}  // namespace
}  // namespace tonus
