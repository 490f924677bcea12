// One contract, two disks: what the engine may rely on is asked of the real disk and of the
// simulated one alike, so that a run on the simulated disk says something about the real one.
#include "engine/core/files.hpp"

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "tests/core/bytes.hpp"

namespace tonus {
namespace {

using test::as_bytes;
using test::as_text;

/// A disk with an empty folder to work in.
class Disk {
public:
    virtual ~Disk() = default;
    virtual Files& files() = 0;
    virtual std::string folder() const = 0;
};

class RealDisk final : public Disk {
public:
    RealDisk() {
        std::string pattern = (std::filesystem::temp_directory_path() / "tonus-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw run_error("no temporary folder");
        folder_ = pattern;
    }
    ~RealDisk() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Files& files() override { return system_files(); }
    std::string folder() const override { return folder_; }

private:
    std::string folder_;
};

class SimDisk final : public Disk {
public:
    SimDisk() { files_.make_folder(folder()); }
    Files& files() override { return files_; }
    std::string folder() const override { return "/sim/disk"; }

private:
    SimFiles files_;
};

/// Runs `action` and gives the Error it must throw.
Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return run_error("");
}

void expect_names(const Error& error, ErrorKind kind, const std::string& path,
                  const std::string& what) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string{error.what()}.find(path), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find(what), std::string::npos) << error.what();
}

template <class DiskType>
class FilesContract : public testing::Test {
protected:
    Files& files() { return disk_.files(); }
    std::string path(const std::string& name) const { return disk_.folder() + "/" + name; }

    std::unique_ptr<OutputFile> create(const std::string& name, IfExists if_exists = IfExists::fail) {
        return files().create(path(name), if_exists);
    }
    void make(const std::string& name, const std::string& text) {
        ASSERT_TRUE(create(name)->write(as_bytes(text)).ok());
    }
    std::string content(const std::string& name) {
        const auto file = files().open(path(name));
        std::vector<std::byte> bytes(file->size());
        EXPECT_EQ(file->read_at(0, bytes), bytes.size());
        return as_text(bytes);
    }

private:
    DiskType disk_;
};

using Disks = testing::Types<RealDisk, SimDisk>;
TYPED_TEST_SUITE(FilesContract, Disks);

TYPED_TEST(FilesContract, GivesBackWhatWasWritten) {
    {
        const auto file = this->create("a.csv");
        EXPECT_TRUE(file->write(as_bytes("one,")).ok());
        EXPECT_TRUE(file->write(as_bytes("two")).ok());
        EXPECT_TRUE(file->write({}).ok());
        EXPECT_TRUE(file->sync().ok());
    }
    EXPECT_EQ(this->content("a.csv"), "one,two");
}

TYPED_TEST(FilesContract, ReadsAnywhereAndStopsAtTheEnd) {
    this->make("a", "0123456789");
    const auto file = this->files().open(this->path("a"));
    EXPECT_EQ(file->size(), 10u);
    std::vector<std::byte> four(4);
    EXPECT_EQ(file->read_at(3, four), 4u);
    EXPECT_EQ(as_text(four), "3456");
    EXPECT_EQ(file->read_at(8, four), 2u);
    EXPECT_EQ(as_text(four).substr(0, 2), "89");
    EXPECT_EQ(file->read_at(10, four), 0u);
    EXPECT_EQ(file->read_at(~0ull, four), 0u);
}

TYPED_TEST(FilesContract, OverwritesAHeaderAndGoesOnAtTheEnd) {
    {
        const auto file = this->create("a");
        EXPECT_TRUE(file->write(as_bytes("count=??;")).ok());
        EXPECT_TRUE(file->write_at(6, as_bytes("42")).ok());
        EXPECT_TRUE(file->write(as_bytes("data")).ok());
    }
    EXPECT_EQ(this->content("a"), "count=42;data");
}

TYPED_TEST(FilesContract, KeepsRoomWithoutGrowing) {
    {
        const auto file = this->create("a");
        EXPECT_TRUE(file->write(as_bytes("one")).ok());
        EXPECT_TRUE(file->keep_room(100'000).ok());
        EXPECT_TRUE(file->sync().ok());
        EXPECT_EQ(this->content("a"), "one");
        EXPECT_TRUE(file->write(as_bytes("two")).ok());
        EXPECT_TRUE(file->keep_room(0).ok());
    }
    EXPECT_EQ(this->content("a"), "onetwo");
}

TYPED_TEST(FilesContract, RefusesToOverwriteWhatIsNotThereYet) {
    const auto file = this->create("a");
    EXPECT_TRUE(file->write(as_bytes("1234")).ok());
    EXPECT_EQ(file->write_at(3, as_bytes("56")).error_number, EINVAL);
    EXPECT_EQ(file->write_at(9, as_bytes("5")).error_number, EINVAL);
    EXPECT_EQ(this->content("a"), "1234");
}

TYPED_TEST(FilesContract, NeverReplacesARecordingUnlessTold) {
    this->make("a", "precious");
    const Error error = error_of([&] { this->create("a", IfExists::fail); });
    expect_names(error, ErrorKind::failed, this->path("a"), "exists");
    EXPECT_EQ(this->content("a"), "precious");

    EXPECT_TRUE(this->create("a", IfExists::replace)->write(as_bytes("new")).ok());
    EXPECT_EQ(this->content("a"), "new");
}

TYPED_TEST(FilesContract, SaysWhyAFileCannotBeRead) {
    expect_names(error_of([&] { this->files().open(this->path("none")); }), ErrorKind::input,
                 this->path("none"), "no such file");
    this->files().make_folder(this->path("folder"));
    expect_names(error_of([&] { this->files().open(this->path("folder")); }), ErrorKind::input,
                 this->path("folder"), "is a folder");
    expect_names(error_of([&] { this->files().open(""); }), ErrorKind::input, "", "empty path");
}

TYPED_TEST(FilesContract, SaysWhyAFileCannotBeMade) {
    expect_names(error_of([&] { this->create("none/a"); }), ErrorKind::failed,
                 this->path("none/a"), "folder does not exist");
    this->files().make_folder(this->path("folder"));
    expect_names(error_of([&] { this->create("folder", IfExists::replace); }), ErrorKind::failed,
                 this->path("folder"), "is a folder");
}

TYPED_TEST(FilesContract, MakesAFolderWithItsParentsAndTwice) {
    this->files().make_folder(this->path("2026/11/21"));
    this->files().make_folder(this->path("2026/11/21/"));
    EXPECT_TRUE(this->files().exists(this->path("2026/11")));
    this->make("2026/11/21/a", "x");
    EXPECT_EQ(this->content("2026/11/21/a"), "x");
}

TYPED_TEST(FilesContract, DoesNotMakeAFolderOutOfAFile) {
    this->make("a", "x");
    expect_names(error_of([&] { this->files().make_folder(this->path("a")); }), ErrorKind::failed,
                 this->path("a"), "a file has that name");
    EXPECT_EQ(error_of([&] { this->files().make_folder(this->path("a/b")); }).kind(),
              ErrorKind::failed);
}

TYPED_TEST(FilesContract, RenamesOverAnOlderFile) {
    this->make("session.toml", "old");
    this->make("session.toml.new", "new");
    this->files().rename(this->path("session.toml.new"), this->path("session.toml"));
    EXPECT_EQ(this->content("session.toml"), "new");
    EXPECT_FALSE(this->files().exists(this->path("session.toml.new")));
    EXPECT_EQ(error_of([&] { this->files().rename(this->path("none"), this->path("b")); }).kind(),
              ErrorKind::failed);
}

// --- the real disk alone ---

TEST(PosixFiles, MakesRecordingsReadableByTheirOwnerAlone) {
    RealDisk disk;
    const std::string path = disk.folder() + "/a";
    disk.files().create(path, IfExists::fail);
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u);

    ASSERT_EQ(chmod(path.c_str(), 0644), 0);
    disk.files().create(path, IfExists::replace);
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

// Opening a pipe would wait for its writer for ever, and opening a serial port resets some boards.
TEST(PosixFiles, RefusesToReadPipesAndDevicesWithoutWaiting) {
    RealDisk disk;
    const std::string pipe = disk.folder() + "/pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& path : {pipe, std::string{"/dev/zero"}}) {
        expect_names(error_of([&] { disk.files().open(path); }), ErrorKind::input, path,
                     "regular file");
    }
}

TEST(PosixFiles, RefusesAPathWithAZeroByteInIt) {
    RealDisk disk;
    const std::string path = disk.folder() + std::string{"/a\0b", 4};
    EXPECT_EQ(error_of([&] { disk.files().open(path); }).kind(), ErrorKind::input);
    EXPECT_EQ(error_of([&] { disk.files().create(path, IfExists::fail); }).kind(),
              ErrorKind::failed);
    EXPECT_FALSE(disk.files().exists(disk.folder() + "/a"));
}

TEST(PosixFiles, ReportsAFullDisk) {
    const auto file = system_files().create("/dev/full", IfExists::replace);
    EXPECT_EQ(file->write(as_bytes("x")).error_number, ENOSPC);
}

// --- the simulated disk's faults ---

TEST(SimFiles, IsFullAtItsCapacityAndKeepsWholeWritesOnly) {
    SimFiles files;
    files.set_capacity(10);
    const auto file = files.create("a", IfExists::fail);
    EXPECT_TRUE(file->write(as_bytes("123456")).ok());
    EXPECT_EQ(file->write(as_bytes("789ab")).error_number, ENOSPC);
    EXPECT_TRUE(file->write(as_bytes("789a")).ok());
    EXPECT_EQ(as_text(files.content("a")), "123456789a");
}

TEST(PosixFiles, GivesBackTheRoomThatWasNotUsed) {
    const RealDisk disk;
    const std::string path = disk.folder() + "/a";
    struct stat info {};
    {
        const auto file = system_files().create(path, IfExists::fail);
        EXPECT_TRUE(file->keep_room(1 << 20).ok());
        ASSERT_EQ(stat(path.c_str(), &info), 0);
        if (info.st_blocks * 512 < 1 << 20) GTEST_SKIP() << "this disk cannot keep room";
        EXPECT_TRUE(file->write(as_bytes("one")).ok());
    }
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_size, 3);
    EXPECT_LT(info.st_blocks * 512, 1 << 16);
}

TEST(SimFiles, KeepsRoomFromOtherFiles) {
    SimFiles files;
    files.set_capacity(10);
    auto keeper = files.create("/a", IfExists::fail);
    const auto other = files.create("/b", IfExists::fail);
    EXPECT_TRUE(keeper->keep_room(6).ok());
    EXPECT_EQ(other->write(as_bytes("12345")).error_number, ENOSPC);
    EXPECT_TRUE(other->write(as_bytes("1234")).ok());
    EXPECT_EQ(keeper->keep_room(7).error_number, ENOSPC);
    EXPECT_TRUE(keeper->write(as_bytes("123")).ok());
    EXPECT_EQ(other->write(as_bytes("5")).error_number, ENOSPC);
    keeper.reset();
    EXPECT_TRUE(other->write(as_bytes("567")).ok());
}

TEST(SimFiles, FailsThePlannedCallAndNoOther) {
    SimFiles files{{{.on = SimFault::On::write, .call = 2, .error_number = EIO}}};
    const auto file = files.create("a", IfExists::fail);
    EXPECT_TRUE(file->write(as_bytes("1")).ok());
    EXPECT_EQ(file->write(as_bytes("2")).error_number, EIO);
    EXPECT_TRUE(file->write(as_bytes("3")).ok());
    EXPECT_EQ(as_text(files.content("a")), "13");
}

TEST(SimFiles, StaysBrokenAfterADiskDied) {
    SimFiles files{{{.on = SimFault::On::read, .call = 2, .error_number = EIO, .from_then_on = true}}};
    files.put("a", as_bytes("1234"));
    const auto file = files.open("a");
    std::vector<std::byte> two(2);
    EXPECT_EQ(file->read_at(0, two), 2u);
    EXPECT_THROW(file->read_at(2, two), Error);
    EXPECT_THROW(file->read_at(2, two), Error);
}

// Linux drops the pages of a failed sync: a later one that "works" would lie.
TEST(SimFiles, AFailedSyncIsFinalForItsFile) {
    SimFiles files{{{.on = SimFault::On::sync, .call = 1, .error_number = EIO}}};
    const auto file = files.create("a", IfExists::fail);
    EXPECT_EQ(file->sync().error_number, EIO);
    EXPECT_EQ(file->sync().error_number, EIO);
    EXPECT_EQ(file->write(as_bytes("1")).error_number, EIO);
    EXPECT_TRUE(files.create("b", IfExists::fail)->sync().ok());
}

TEST(SimFiles, APowerCutLeavesWhatWasSyncedAndNothingElse) {
    SimFiles files;
    const auto kept = files.create("kept", IfExists::fail);
    EXPECT_TRUE(kept->write(as_bytes("synced")).ok());
    EXPECT_TRUE(kept->sync().ok());
    EXPECT_TRUE(kept->write(as_bytes(" lost")).ok());
    EXPECT_TRUE(files.create("never", IfExists::fail)->write(as_bytes("x")).ok());

    files.crash();

    EXPECT_EQ(as_text(files.content("kept")), "synced");
    EXPECT_FALSE(files.exists("never"));
    EXPECT_EQ(kept->write(as_bytes("x")).error_number, EIO);
    EXPECT_EQ(as_text(files.content("kept")), "synced");
}

// The classic trap of "write new, rename over old" without a sync: the name survives, empty.
TEST(SimFiles, ARenameWithoutASyncLosesTheBytesInAPowerCut) {
    SimFiles files;
    files.put("session", as_bytes("old"));
    EXPECT_TRUE(files.create("new", IfExists::fail)->write(as_bytes("new")).ok());
    files.rename("new", "session");
    files.crash();
    EXPECT_EQ(as_text(files.content("session")), "");
}

TEST(SimFiles, KnowsAFileByAnySpellingOfItsPath) {
    SimFiles files;
    files.put("data/a", as_bytes("x"));
    EXPECT_TRUE(files.exists("./data/../data//a"));
}

}  // namespace
}  // namespace tonus
