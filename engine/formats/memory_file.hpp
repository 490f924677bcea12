#pragma once

#include <algorithm>
#include <vector>

#include "engine/core/files.hpp"

namespace tonus::formats {

/// Bytes in memory, read as a file.
class MemoryFile final : public InputFile {
public:
    explicit MemoryFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size() const noexcept override { return bytes_.size(); }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) override {
        const std::size_t from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes_.size()));
        const std::size_t n = std::min(into.size(), bytes_.size() - from);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from), n, into.begin());
        return n;
    }

private:
    std::vector<std::byte> bytes_;
};

}  // namespace tonus::formats
