#pragma once

#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "engine/core/files.hpp"

namespace tonus {

/// Text to a file in large writes. The first failure is kept and said at close().
class TextWriter {
public:
    /// Throws Error when the file cannot be made.
    TextWriter(Files& files, std::string path);

    template <class... Args>
    void print(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
        flush_if_full();
    }
    void text(std::string_view text) {
        buffer_.append(text.data(), text.data() + text.size());
        flush_if_full();
    }

    /// Throws Error naming the file when any write failed.
    void close();

private:
    void flush_if_full() noexcept;
    void flush() noexcept;

    std::string path_;
    std::unique_ptr<OutputFile> file_;
    fmt::memory_buffer buffer_;
    WriteResult first_failure_{};
};

}  // namespace tonus
