#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/files.hpp"

namespace tonus::formats {

/// A file that appears under its name only when it is whole: until then it is NAME.part, which a failure
/// leaves behind; and before the first bytes go out there is none. Never replaces a file.
///
/// Errors   Error (usage) when the name is taken, Error (failed) when the disk refuses.
/// Threads  one at a time.
class NewFile {
public:
    NewFile(Files& files, std::string path);

    void write(std::string_view bytes);
    /// Overwrites bytes written before, for counts that come last.
    void write_at(std::uint64_t offset, std::string_view bytes);
    /// Writes what waits, makes it last, and gives the file its name. Nothing may be written after it.
    void commit();

    std::uint64_t size() const noexcept { return n_bytes_; }
    const std::string& path() const noexcept { return path_; }

private:
    void check(WriteResult result) const;
    void refuse_taken_name() const;
    void flush();

    Files* files_;
    std::string path_;
    std::unique_ptr<OutputFile> file_;
    std::string waiting_;
    std::uint64_t n_bytes_ = 0;  ///< with those that wait
};

}  // namespace tonus::formats
