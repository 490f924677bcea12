#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/file_error.hpp"
#include "engine/core/files.hpp"

namespace tonus {
namespace {

constexpr mode_t kOwnerFile = 0600;
constexpr mode_t kOwnerFolder = 0700;

/// Repeats a system call that a signal cut short.
template <class Call>
auto uninterrupted(Call call) noexcept {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    // Not repeated on EINTR: Linux has closed it by then, and the number may be another file's.
    ~Descriptor() {
        if (fd_ >= 0) close(fd_);
    }

    int get() const noexcept { return fd_; }
    bool is_open() const noexcept { return fd_ >= 0; }

private:
    int fd_;
};

/// The system's calls end a path at its first zero byte, and would then open another file.
bool is_c_string(const std::string& path) noexcept {
    return !path.empty() && path.find('\0') == std::string::npos;
}

/// The errno that says why this cannot be read as a recording, or 0.
int readable_kind(const struct stat& info) noexcept {
    if (S_ISREG(info.st_mode)) return 0;
    return S_ISDIR(info.st_mode) ? EISDIR : ENOTSUP;
}

/// Makes names in a folder survive a power cut. Some file systems cannot; theirs is best effort.
void sync_folder_of(const std::string& path) noexcept {
    const std::size_t slash = path.rfind('/');
    std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor fd{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (fd.is_open()) uninterrupted([&] { return fsync(fd.get()); });
}

class PosixInputFile final : public InputFile {
public:
    PosixInputFile(std::string path, Descriptor fd, std::uint64_t size)
        : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

    std::uint64_t size() const noexcept override { return size_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) override {
        constexpr auto kOffsetMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
        std::size_t n_done = 0;
        while (n_done < into.size() && offset + n_done < kOffsetMax) {
            const ssize_t n = uninterrupted([&] {
                return pread(fd_.get(), into.data() + n_done, into.size() - n_done,
                             static_cast<off_t>(offset + n_done));
            });
            if (n < 0) throw cannot_read(path_, errno);
            if (n == 0) break;
            n_done += static_cast<std::size_t>(n);
        }
        return n_done;
    }

private:
    std::string path_;
    Descriptor fd_;
    std::uint64_t size_;
};

class PosixOutputFile final : public OutputFile {
public:
    PosixOutputFile(std::string path, Descriptor fd, bool is_regular)
        : path_(std::move(path)), fd_(std::move(fd)), is_regular_(is_regular) {}
    ~PosixOutputFile() override {
        // To its own length: that gives back what was kept behind it.
        if (keeps_room_) uninterrupted([&] { return ftruncate(fd_.get(), static_cast<off_t>(n_written_)); });
    }

    // All or nothing: a full disk must leave whole chunks behind, not half of one.
    WriteResult write(std::span<const std::byte> bytes) noexcept override {
        if (final_error_ != 0) return {final_error_};
        std::size_t n_done = 0;
        while (n_done < bytes.size()) {
            const ssize_t n = uninterrupted(
                [&] { return ::write(fd_.get(), bytes.data() + n_done, bytes.size() - n_done); });
            if (n <= 0) return undo_part(n < 0 ? errno : EIO, n_done);
            n_done += static_cast<std::size_t>(n);
        }
        n_written_ += bytes.size();
        return {};
    }

    WriteResult write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept override {
        if (final_error_ != 0) return {final_error_};
        if (offset > n_written_ || bytes.size() > n_written_ - offset) return {EINVAL};
        std::size_t n_done = 0;
        while (n_done < bytes.size()) {
            const ssize_t n = uninterrupted([&] {
                return pwrite(fd_.get(), bytes.data() + n_done, bytes.size() - n_done,
                              static_cast<off_t>(offset + n_done));
            });
            if (n <= 0) return {n < 0 ? errno : EIO};
            n_done += static_cast<std::size_t>(n);
        }
        return {};
    }

    WriteResult keep_room(std::uint64_t n_bytes) noexcept override {
        if (final_error_ != 0) return {final_error_};
        if (!is_regular_ || n_bytes == 0) return {};
        const int failed = uninterrupted([&] {
            return fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(n_written_), static_cast<off_t>(n_bytes));
        });
        if (failed == -1) return {errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno};
        keeps_room_ = true;
        return {};
    }

    WriteResult sync() noexcept override {
        if (final_error_ != 0) return {final_error_};
        if (!is_regular_) return {};  // a terminal or pipe keeps nothing
        // Once it has failed, Linux has dropped the pages and a second try would lie.
        if (uninterrupted([&] { return fdatasync(fd_.get()); }) == -1) return {final_error_ = errno};
        if (!std::exchange(name_synced_, true)) sync_folder_of(path_);
        return {};
    }

private:
    WriteResult undo_part(int error_number, std::size_t n_part) noexcept {
        if (n_part == 0) return {error_number};
        const auto end = static_cast<off_t>(n_written_);
        const bool undone = is_regular_ &&
                            uninterrupted([&] { return ftruncate(fd_.get(), end); }) == 0 &&
                            lseek(fd_.get(), end, SEEK_SET) == end;
        if (!undone) final_error_ = error_number;
        return {error_number};
    }

    std::string path_;
    Descriptor fd_;
    bool is_regular_;
    bool name_synced_ = false;
    bool keeps_room_ = false;
    std::uint64_t n_written_ = 0;
    int final_error_ = 0;
};

class PosixFiles final : public Files {
public:
    std::unique_ptr<InputFile> open(const std::string& path) override {
        if (!is_c_string(path)) throw cannot_open(path, path.empty() ? ENOENT : EINVAL);
        // Looked at before it is opened, because opening a serial port already does something to it;
        // and after, because the name may have changed hands in between.
        struct stat info {};
        if (stat(path.c_str(), &info) == -1) throw cannot_open(path, errno);
        if (const int wrong = readable_kind(info)) throw cannot_open(path, wrong);
        Descriptor fd{uninterrupted(
            [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); })};
        if (!fd.is_open() || fstat(fd.get(), &info) == -1) throw cannot_open(path, errno);
        if (const int wrong = readable_kind(info)) throw cannot_open(path, wrong);
        return std::make_unique<PosixInputFile>(path, std::move(fd),
                                                static_cast<std::uint64_t>(info.st_size));
    }

    std::unique_ptr<OutputFile> create(const std::string& path, IfExists if_exists) override {
        if (!is_c_string(path)) throw cannot_create(path, path.empty() ? ENOENT : EINVAL);
        const int how = if_exists == IfExists::fail ? O_EXCL : O_TRUNC;
        Descriptor fd{uninterrupted([&] {
            return ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | how, kOwnerFile);
        })};
        struct stat info {};
        if (!fd.is_open() || fstat(fd.get(), &info) == -1) throw cannot_create(path, errno);
        const bool is_regular = S_ISREG(info.st_mode);  // /dev/stdout is welcome too
        if (is_regular && fchmod(fd.get(), kOwnerFile) == -1) throw cannot_create(path, errno);
        return std::make_unique<PosixOutputFile>(path, std::move(fd), is_regular);
    }

    bool exists(const std::string& path) override {
        struct stat info {};
        return is_c_string(path) && stat(path.c_str(), &info) == 0;
    }

    std::vector<std::string> names_in(const std::string& folder) override {
        std::vector<std::string> names;
        if (!is_c_string(folder)) return names;
        const std::unique_ptr<DIR, int (*)(DIR*)> open_folder{opendir(folder.c_str()), &closedir};
        if (!open_folder) return names;
        while (const dirent* entry = readdir(open_folder.get())) {
            const std::string name = entry->d_name;
            if (name != "." && name != "..") names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    void make_folder(const std::string& path) override {
        if (!is_c_string(path)) throw cannot_make_folder(path, EINVAL);
        for (std::size_t end = 0; end != std::string::npos;) {
            end = path.find('/', end + 1);
            const std::string part = path.substr(0, end);
            if (mkdir(part.c_str(), kOwnerFolder) == 0) continue;
            const int error_number = errno;
            struct stat info {};
            const bool is_folder = stat(part.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
            if (!is_folder) throw cannot_make_folder(path, error_number);
        }
    }

    void rename(const std::string& from, const std::string& to) override {
        if (!is_c_string(from) || !is_c_string(to)) throw cannot_rename(from, to, EINVAL);
        if (::rename(from.c_str(), to.c_str()) == -1) throw cannot_rename(from, to, errno);
        sync_folder_of(to);
    }
};

}  // namespace

Files& system_files() {
    static PosixFiles files;
    return files;
}

}  // namespace tonus
