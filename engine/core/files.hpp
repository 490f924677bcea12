#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tonus {

/// A file open for reading. Used by one thread.
class InputFile {
public:
    virtual ~InputFile() = default;

    virtual std::uint64_t size() const noexcept = 0;

    /// Fills `into` from `offset`; returns how many bytes there were (fewer at the end).
    /// Throws Error (input) when the disk fails.
    virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
};

/// What became of a write.
struct WriteResult {
    int error_number = 0;  ///< errno's value; 0 when all bytes were taken
    bool ok() const noexcept { return error_number == 0; }
};

/// A file open for writing at its end. Every result is to be looked at. Used by one thread.
class OutputFile {
public:
    virtual ~OutputFile() = default;

    virtual WriteResult write(std::span<const std::byte> bytes) noexcept = 0;
    /// Overwrites bytes written before, for headers whose counts come last.
    virtual WriteResult write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept = 0;
    /// Sees to it that there is room on the disk for `n_bytes` behind the end: no other file gets it, and writes into it
    /// do not meet a full disk. What is left goes back when the file is closed. ok() too, with nothing kept, where
    /// the disk cannot do so; ENOSPC where there is not so much.
    virtual WriteResult keep_room(std::uint64_t n_bytes) noexcept = 0;
    /// Asks for the bytes to survive a power cut. A failure is final for this file.
    virtual WriteResult sync() noexcept = 0;
};

enum class IfExists { fail, replace };

/// The seam to the disk.
class Files {
public:
    virtual ~Files() = default;

    /// Throws Error (input) saying what is wrong: missing, a folder, not readable.
    virtual std::unique_ptr<InputFile> open(const std::string& path) = 0;

    /// Permissions are for the owner alone, because recordings are about people.
    /// Throws Error (failed) when it cannot be made, or exists and must not be replaced.
    virtual std::unique_ptr<OutputFile> create(const std::string& path, IfExists if_exists) = 0;

    virtual bool exists(const std::string& path) = 0;
    /// Names of the files in a folder, sorted; none where it cannot be read.
    virtual std::vector<std::string> names_in(const std::string& folder) = 0;
    virtual void make_folder(const std::string& path) = 0;  ///< with its parents
    virtual void rename(const std::string& from, const std::string& to) = 0;  ///< atomic, replaces
};

/// The real disk.
Files& system_files();

}  // namespace tonus
