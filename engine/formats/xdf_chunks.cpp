#include "engine/formats/xdf_chunks.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/formats/xdf_blocks.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint64_t kTagBytes = 2;
constexpr std::uint64_t kScanBytes = limits::kReadBytes;

}  // namespace

std::optional<XdfLength> read_xdf_length(ByteWindow& bytes, std::uint64_t at) {
    const ByteView view = bytes.at(at, 9);
    switch (view.u8(0).value_or(0)) {
        case 1:
            if (const auto n = view.u8(1)) return XdfLength{*n, 2};
            break;
        case 4:
            if (const auto n = view.u32(1)) return XdfLength{*n, 5};
            break;
        case 8:
            if (const auto n = view.u64(1)) return XdfLength{*n, 9};
            break;
        default: break;
    }
    return std::nullopt;
}

/// The chunk that begins here, if one does. One that reaches beyond the file is the last of a file
/// that was cut, unless a boundary follows: then its length is wrong.
std::optional<XdfChunk> XdfChunks::chunk_at(std::uint64_t at) {
    const std::optional<XdfLength> length = read_xdf_length(*bytes_, at);
    if (!length || length->value < kTagBytes) return std::nullopt;
    const std::uint64_t begin = at + length->n_bytes;
    const auto tag = bytes_->at(begin, kTagBytes).u16(0);
    if (!tag || *tag < 1 || *tag > 6) return std::nullopt;
    XdfChunk chunk{.tag = static_cast<XdfTag>(*tag), .at = at, .content = begin + kTagBytes};
    const std::uint64_t left = bytes_->size() - begin;
    chunk.cut = length->value > left;
    chunk.end = begin + std::min(length->value, left);
    if (chunk.cut && behind_boundary(begin)) return std::nullopt;
    return chunk;
}

std::optional<std::uint64_t> XdfChunks::behind_boundary(std::uint64_t from) {
    const std::size_t n_mark = kXdfBoundary.size();
    for (std::uint64_t at = from; at + n_mark <= bytes_->size();) {
        const std::string_view text = bytes_->at(at, kScanBytes).text();
        if (text.size() < n_mark) return std::nullopt;
        const std::size_t found = text.find(kXdfBoundary);
        if (found != std::string_view::npos) return at + found + n_mark;
        at += text.size() - n_mark + 1;
    }
    return std::nullopt;
}

void XdfChunks::distrust(const XdfChunk& chunk, std::uint64_t from) {
    const std::optional<std::uint64_t> boundary = behind_boundary(from);
    if (boundary && *boundary < chunk.end) at_ = *boundary;
}

void XdfChunks::note(std::string text) {
    if (damages_.size() < limits::kNotes) damages_.push_back(std::move(text));
}

std::optional<XdfChunk> XdfChunks::next() {
    while (at_ < bytes_->size()) {
        if (const std::optional<XdfChunk> chunk = chunk_at(at_)) {
            if (chunk->cut) note(fmt::format("the chunk at byte {} is cut at byte {}", chunk->at, bytes_->size()));
            at_ = chunk->end;
            return chunk;
        }
        const std::optional<std::uint64_t> next = behind_boundary(at_ + 1);
        note(fmt::format("bytes {} to {} are no whole chunk; they are left out", at_, next.value_or(bytes_->size())));
        at_ = next.value_or(bytes_->size());
    }
    return std::nullopt;
}

}  // namespace tonus::formats
