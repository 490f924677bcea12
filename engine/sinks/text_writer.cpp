#include "engine/sinks/text_writer.hpp"

#include <cstring>
#include <utility>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::size_t kFlushBytes = 256 * 1024;

}  // namespace

TextWriter::TextWriter(Files& files, std::string path)
    : path_(std::move(path)), file_(files.create(path_, IfExists::replace)) {
    buffer_.reserve(kFlushBytes + 4096);
}

void TextWriter::flush_if_full() noexcept {
    if (buffer_.size() >= kFlushBytes) flush();
}

void TextWriter::flush() noexcept {
    if (first_failure_.ok()) {
        const WriteResult result =
            file_->write(std::as_bytes(std::span{buffer_.data(), buffer_.size()}));
        if (!result.ok()) first_failure_ = result;
    }
    buffer_.clear();
}

void TextWriter::close() {
    flush();
    if (!first_failure_.ok()) {
        throw run_error(fmt::format("{}: could not be written whole: {}", path_,
                                    std::strerror(first_failure_.error_number)));
    }
}

}  // namespace tonus
