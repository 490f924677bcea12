#include "engine/formats/xdf_vouched.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "engine/core/crc32c.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/xdf_blocks.hpp"
#include "engine/formats/xdf_chunks.hpp"

namespace tonus::formats {
namespace {

// Headers of all streams and the session stand before the first record.
constexpr std::uint64_t kFirstRecordBytes = 2 * limits::kXmlBytes;

// Of a chunk of one text, as append_xdf_text writes it.
constexpr std::uint64_t kTextAt = 30;

// Looked at a time: small against the window, which then seldom has to be filled again.
constexpr std::size_t kScanBytes = 4096;

// Beyond what most blocks are (40 ms of four times the rated load), and some of them.
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;
constexpr std::size_t kWindowBytes = 8 * kBlockBytes;

/// Where the next boundary ends, from `from` on and before `to`.
std::optional<std::uint64_t> behind_mark(ByteWindow& bytes, std::uint64_t from, std::uint64_t to) {
    const std::size_t n_mark = kXdfBoundary.size();
    for (std::uint64_t at = from; at + n_mark <= to;) {
        const std::string_view text = bytes.at(at, kScanBytes).text();
        if (text.size() < n_mark) return std::nullopt;
        const std::size_t found = text.find(kXdfBoundary);
        if (found != std::string_view::npos) return at + found + n_mark;
        at += text.size() - n_mark + 1;
    }
    return std::nullopt;
}

/// The record behind the next boundary that has one, and where it stands.
struct FoundRecord {
    std::uint64_t at = 0;
    IntegrityChunk chunk = {};

    std::uint64_t end() const noexcept { return at + chunk.n_bytes; }
};

std::optional<FoundRecord> next_record(ByteWindow& bytes, std::uint64_t from, std::uint64_t to) {
    while (const std::optional<std::uint64_t> at = behind_mark(bytes, from, to)) {
        const std::size_t n_bytes = integrity_bytes(bytes.at(*at, kScanBytes)).value_or(0);
        if (auto chunk = read_xdf_integrity(bytes.at(*at, n_bytes))) return FoundRecord{*at, std::move(*chunk)};
        from = *at;
    }
    return std::nullopt;
}

std::uint32_t crc_of(ByteWindow& bytes, ByteRange range) {
    std::uint32_t crc = 0;
    for (std::uint64_t at = range.begin; at < range.end;) {
        const std::uint64_t n_wanted = std::min<std::uint64_t>(limits::kReadBytes, range.end - at);
        const ByteView part = bytes.at(at, static_cast<std::size_t>(n_wanted));
        if (part.size() == 0) break;
        crc = crc32c(part.bytes(), crc);
        at += part.size();
    }
    return crc;
}

/// Its copy among the chunks of a good block.
std::optional<std::string> copy_in(ByteWindow& bytes, ByteRange block) {
    for (std::uint64_t at = block.begin; at < block.end;) {
        const std::optional<XdfLength> length = read_xdf_length(bytes, at);
        const std::uint64_t left = block.end - at;
        if (!length || length->n_bytes > left || length->value > left - length->n_bytes) return std::nullopt;
        const std::uint64_t text_at = at + kTextAt;
        const std::uint64_t end = at + length->n_bytes + length->value;
        if (end > text_at && end - text_at <= 4 * limits::kXmlBytes) {
            if (auto block0 = first_block_of(bytes.at(text_at, static_cast<std::size_t>(end - text_at)).text())) return block0;
        }
        at = end;
    }
    return std::nullopt;
}

/// A file of which only parts are shown, one behind the other.
class PartsFile final : public InputFile {
public:
    PartsFile(std::unique_ptr<InputFile> file, const VouchedBytes& vouched) : file_(std::move(file)) {
        if (vouched.first_block) first_ = *vouched.first_block;
        size_ = first_.size();
        for (const ByteRange& range : vouched.good) {
            parts_.push_back({size_, range});
            size_ += range.size();
        }
    }

    std::uint64_t size() const noexcept override { return size_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) override {
        std::size_t n_done = 0;
        if (offset < first_.size()) {
            n_done = std::min<std::size_t>(into.size(), first_.size() - static_cast<std::size_t>(offset));
            std::memcpy(into.data(), first_.data() + offset, n_done);
        }
        while (n_done < into.size() && offset + n_done < size_) {
            const std::size_t n = read_part(offset + n_done, into.subspan(n_done));
            if (n == 0) break;
            n_done += n;
        }
        return n_done;
    }

private:
    struct Part {
        std::uint64_t at;
        ByteRange range;
    };

    std::size_t read_part(std::uint64_t offset, std::span<std::byte> into) {
        const auto after = std::upper_bound(parts_.begin(), parts_.end(), offset, [](std::uint64_t at, const Part& part) { return at < part.at; });
        const Part& part = *(after - 1);
        const std::uint64_t skip = offset - part.at;
        const std::uint64_t n = std::min<std::uint64_t>(into.size(), part.range.size() - skip);
        return file_->read_at(part.range.begin + skip, into.first(static_cast<std::size_t>(n)));
    }

    std::unique_ptr<InputFile> file_;
    std::string first_;
    std::vector<Part> parts_;
    std::uint64_t size_ = 0;
};

}  // namespace

bool has_integrity(InputFile& file) {
    ByteWindow bytes{file};
    return next_record(bytes, 0, std::min(bytes.size(), kFirstRecordBytes)).has_value();
}

VouchedBytes vouched_bytes(InputFile& file, const VouchedBlock& on_block) {
    ByteWindow bytes{file, kWindowBytes};
    VouchedBytes vouched;
    std::uint64_t proved = 0;  // everything before is proved or listed
    for (std::uint64_t from = 0;;) {
        bytes.at(from, kBlockBytes);  // all of the block at once, so that its checksum does not read it again
        const std::optional<FoundRecord> found = next_record(bytes, from, bytes.size());
        if (!found) break;
        from = found->end();
        const Integrity& record = found->chunk.integrity;
        const ByteRange body{record.from, found->at};
        const bool stands_here = record.from >= proved && record.from <= found->at && record.n_bytes == body.size();
        if (!stands_here || crc_of(bytes, body) != record.crc32c) continue;
        const ByteRange unproved{proved, body.begin};
        if (unproved.size() > 0) vouched.unvouched.push_back(unproved);
        if (vouched.n_blocks == 0 && body.begin > 0) vouched.first_block = copy_in(bytes, body);
        if (!vouched.good.empty() && unproved.size() == 0) vouched.good.back().end = found->end();
        else vouched.good.push_back({body.begin, found->end()});
        proved = found->end();
        ++vouched.n_blocks;
        if (!vouched.first) vouched.first = record;
        vouched.last = record;
        if (on_block && !on_block(record, unproved)) return vouched;
    }
    if (proved < bytes.size()) vouched.unvouched.push_back({proved, bytes.size()});
    return vouched;
}

std::unique_ptr<InputFile> only_vouched(std::unique_ptr<InputFile> file, const VouchedBytes& vouched) {
    return std::make_unique<PartsFile>(std::move(file), vouched);
}

std::string unvouched_text(const VouchedBytes& vouched) {
    if (vouched.unvouched.empty()) return {};
    std::uint64_t n_bytes = 0;
    for (const ByteRange& range : vouched.unvouched) n_bytes += range.size();
    return fmt::format("{} bytes in {} place{} (the first at byte {}) have no good checksum; they are left out, and everything else was read",
                       n_bytes, vouched.unvouched.size(), vouched.unvouched.size() == 1 ? "" : "s", vouched.unvouched.front().begin);
}

}  // namespace tonus::formats
