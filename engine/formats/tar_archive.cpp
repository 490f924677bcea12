#include "engine/formats/tar_archive.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/byte_window.hpp"
#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kBlockBytes = 512;
constexpr std::size_t kSumAt = 148, kSumBytes = 8;

/// Octal digits up to a space or a zero byte; GNU tar writes sizes of 8 GiB and more as a big-endian number.
std::optional<std::uint64_t> number_at(const ByteView& block, std::size_t at, std::size_t n_bytes) {
    std::uint64_t value = 0;
    if ((block.u8(at).value_or(0) & 0x80) != 0) {
        if (n_bytes <= 8) return std::nullopt;
        for (std::size_t i = n_bytes - 8; i < n_bytes; ++i) value = value << 8 | block.u8(at + i).value_or(0);
        return value;
    }
    const std::string_view digits = trimmed(block.text(at, n_bytes));
    for (const char c : digits.substr(0, digits.find_first_of(std::string_view{" \0", 2}))) {
        if (c < '0' || c > '7') return std::nullopt;
        value = value << 3 | static_cast<std::uint64_t>(c - '0');
    }
    return digits.empty() ? std::nullopt : std::optional{value};
}

/// The sum of all bytes, those of the sum itself counted as spaces.
bool sum_is_right(const ByteView& block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBlockBytes; ++i) sum += i >= kSumAt && i < kSumAt + kSumBytes ? ' ' : *block.u8(i);
    return number_at(block, kSumAt, kSumBytes) == sum;
}

std::string text_at(const ByteView& block, std::size_t at, std::size_t n_bytes) {
    const std::string_view text = block.text(at, n_bytes);
    return std::string{text.substr(0, text.find('\0'))};
}

std::string without_folders(const std::string& name) { return clean_text(name.substr(name.find_last_of('/') + 1), limits::kLabelBytes); }

}  // namespace

const TarMember* TarArchive::find(const std::string& name) const noexcept {
    const auto found = std::find_if(members.begin(), members.end(), [&](const TarMember& member) { return member.name == name; });
    return found == members.end() ? nullptr : &*found;
}

std::optional<TarMember> tar_head(const ByteView& block) {
    if (block.size() < kBlockBytes || !sum_is_right(block)) return std::nullopt;
    const std::optional<std::uint64_t> n_bytes = number_at(block, 124, 12);
    if (!n_bytes) return std::nullopt;
    return TarMember{.name = without_folders(text_at(block, 0, 100)), .n_bytes = *n_bytes};
}

TarArchive list_tar(InputFile& file) {
    TarArchive archive;
    ByteWindow bytes{file};
    std::string long_name;
    for (std::uint64_t at = 0; at + kBlockBytes <= bytes.size() && archive.members.size() < limits::kMembers;) {
        const ByteView block = bytes.at(at, kBlockBytes);
        const char type = block.text()[156];
        std::optional<TarMember> member = tar_head(block);
        if (!member) {
            const bool end = std::all_of(block.bytes().begin(), block.bytes().end(), [](std::byte b) { return b == std::byte{0}; });
            if (!end) archive.trouble = fmt::format("damaged: the archive breaks off at byte {}; what stands before was read", at);
            return archive;
        }
        member->at = at + kBlockBytes;
        const std::uint64_t n_stated = member->n_bytes, n_left = bytes.size() - member->at;
        member->n_bytes = std::min(n_stated, n_left);
        if (n_stated > n_left) archive.trouble = fmt::format("truncated: {} should have {} bytes, {} are there; those were read", member->name, n_stated, n_left);
        if (type == 'L') {  // the name of the next
            const auto n_name = static_cast<std::size_t>(std::min<std::uint64_t>(member->n_bytes, kBlockBytes));
            long_name = text_at(bytes.at(member->at, n_name), 0, n_name);
        }
        if (type == '0' || type == '\0' || type == '7') {
            if (!long_name.empty()) member->name = without_folders(long_name);
            long_name.clear();
            archive.members.push_back(*member);
        }
        if (n_stated > n_left) return archive;
        at = member->at + (n_stated + kBlockBytes - 1) / kBlockBytes * kBlockBytes;  // no overflow: it is within the file
    }
    return archive;
}

}  // namespace tonus::formats
