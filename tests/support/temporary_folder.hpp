#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tonus::test {

/// A folder of the running test's own, gone with it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
        path_ = std::filesystem::temp_directory_path() / (std::string{"tonus_"} + info->name() + "_" + std::to_string(getpid()));
        std::filesystem::create_directories(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string text(const std::string& name) const {
        std::ifstream in{path_ / name, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    void write(const std::string& name, const std::string& content) const { std::ofstream{path_ / name, std::ios::binary} << content; }

private:
    std::filesystem::path path_;
};

/// A test with an empty folder of its own.
class TempFolder : public testing::Test {
protected:
    std::string path(const std::string& name) const { return temporary_.file(name); }
    std::string text(const std::string& name) const { return temporary_.text(name); }
    void write(const std::string& name, const std::string& content) const { temporary_.write(name, content); }

    TemporaryFolder temporary_;
    const std::filesystem::path& folder_ = temporary_.path();
};

}  // namespace tonus::test
