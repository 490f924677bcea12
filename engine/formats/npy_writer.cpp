#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/npy.hpp"

namespace tonus {
namespace {

constexpr std::size_t kHeaderBytes = 128;  // a multiple of 64, as the format asks
constexpr std::size_t kPreambleBytes = 10;

static_assert(std::endian::native == std::endian::little, "samples are written as they lie in memory");

}  // namespace

NpyWriter::NpyWriter(Files& files, const std::string& path, std::size_t n_columns)
    : path_(path), file_(files.create(path, IfExists::replace)), n_columns_(n_columns) {
    const std::string text = header();
    check(file_->write(std::as_bytes(std::span{text})));
    waiting_.reserve(formats::limits::kReadBytes);
}

std::string NpyWriter::header() const {
    std::string text{"\x93NUMPY\x01\x00", 8};
    text += static_cast<char>(kHeaderBytes - kPreambleBytes);
    text += '\0';
    text += fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", n_columns_ == 0 ? 0 : n_values_ / n_columns_, n_columns_);
    text.resize(kHeaderBytes - 1, ' ');
    return text + '\n';
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
