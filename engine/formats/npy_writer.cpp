#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/npy.hpp"

namespace tonus {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

std::string formats::npy_head(std::string_view element, std::uint64_t n_rows, std::size_t n_columns) {
    constexpr std::size_t kHeadBytes = 128, kPreambleBytes = 10;  // version 1: a multiple of 64
    std::string head{"\x93NUMPY\x01\x00", 8};
    head += static_cast<char>(kHeadBytes - kPreambleBytes);
    head += '\0';
    head += fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}", element, n_rows, n_columns);
    head.resize(kHeadBytes - 1, ' ');
    return head + '\n';
}

NpyWriter::NpyWriter(Files& files, const std::string& path, std::size_t n_columns)
    : path_(path), file_(files.create(path, IfExists::replace)), n_columns_(n_columns) {
    const std::string text = header();
    check(file_->write(std::as_bytes(std::span{text})));
    waiting_.reserve(formats::limits::kReadBytes);
}

std::string NpyWriter::header() const {
    return formats::npy_head("<f4", n_columns_ == 0 ? 0 : n_values_ / n_columns_, n_columns_);
}

void NpyWriter::check(WriteResult result) const {
    if (!result.ok()) throw run_error(fmt::format("{}: cannot be written ({}); is the disk full?", path_, std::strerror(result.error_number)));
}

void NpyWriter::write(std::span<const float> rows) {
    const std::span<const std::byte> bytes = std::as_bytes(rows);
    waiting_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    n_values_ += rows.size();
    if (waiting_.size() >= formats::limits::kReadBytes) flush();
}

void NpyWriter::flush() {
    check(file_->write(std::as_bytes(std::span{waiting_})));
    waiting_.clear();
}

void NpyWriter::close() {
    flush();
    const std::string text = header();
    check(file_->write_at(0, std::as_bytes(std::span{text})));
}

}  // namespace tonus
