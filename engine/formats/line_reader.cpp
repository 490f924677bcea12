#include "engine/formats/line_reader.hpp"

#include <algorithm>

#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

LineReader::LineReader(InputFile& file, std::uint64_t offset, std::uint64_t line_number)
    : file_(&file), buffer_(limits::kReadBytes), offset_(offset), line_number_(line_number) {}

/// Brings more bytes behind those that wait. False at the end of the file, or when the buffer is as
/// long as a line may be.
bool LineReader::refill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    if (end_ == buffer_.size()) {
        if (buffer_.size() > limits::kLineBytes) return false;
        buffer_.resize(2 * buffer_.size());
    }
    const std::span<char> room = std::span{buffer_}.subspan(end_);
    const std::size_t n_bytes = file_->read_at(offset_ + end_, std::as_writable_bytes(room));
    end_ += n_bytes;
    return n_bytes > 0;
}

LineReader::Got LineReader::next() {
    std::size_t searched = 0;
    for (;;) {
        const std::string_view waiting = std::string_view{buffer_.data(), buffer_.size()}.substr(begin_, end_ - begin_);
        const std::size_t at = waiting.find('\n', searched);
        closed_ = at != std::string_view::npos;
        const std::size_t length = closed_ ? at : waiting.size();
        if (length > limits::kLineBytes) {
            ++line_number_;
            return Got::too_long;
        }
        if (!closed_) {
            searched = waiting.size();
            if (refill()) continue;
            if (begin_ == end_) return Got::end;
            line_ = std::string_view{buffer_.data(), end_}.substr(begin_);  // refill() may have moved it
        } else {
            line_ = waiting.substr(0, length);
        }
        const std::size_t taken = length + (closed_ ? 1 : 0);
        if (offset_ == 0 && line_.substr(0, kByteOrderMark.size()) == kByteOrderMark) line_.remove_prefix(kByteOrderMark.size());
        if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
        begin_ += taken;
        offset_ += taken;
        ++line_number_;
        return Got::line;
    }
}

}  // namespace tonus::formats
