#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/byte_view.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {

/// Bytes of a file through a buffer that moves with its reader.
///
/// Errors   the disk's errors are thrown (input).
/// Threads  one at a time.
class ByteWindow {
public:
    explicit ByteWindow(InputFile& file, std::size_t n_read = limits::kReadBytes) : file_(&file), n_read_(n_read) {}

    std::uint64_t size() const noexcept { return file_->size(); }

    /// `n_bytes` from `offset`, as far as they are there. They stay until the next call. `n_bytes` is
    /// the caller's own bound, never a number of the file.
    ByteView at(std::uint64_t offset, std::size_t n_bytes) {
        const bool inside = offset >= begin_ && offset - begin_ <= n_held_ && n_held_ - (offset - begin_) >= n_bytes;
        if (!inside) fill(offset, n_bytes);
        return ByteView{std::span<const std::byte>{buffer_}.first(n_held_)}.part(static_cast<std::size_t>(offset - begin_), n_bytes);
    }

private:
    void fill(std::uint64_t offset, std::size_t n_bytes) {
        buffer_.resize(std::max(n_bytes, n_read_));
        begin_ = offset;
        n_held_ = file_->read_at(offset, buffer_);
    }

    InputFile* file_;
    std::size_t n_read_;
    std::vector<std::byte> buffer_;
    std::uint64_t begin_ = 0;
    std::size_t n_held_ = 0;
};

}  // namespace tonus::formats
