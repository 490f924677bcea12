#include "engine/formats/new_file.hpp"

#include <cstring>
#include <span>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {

NewFile::NewFile(Files& files, std::string path) : files_(&files), path_(std::move(path)) {
    refuse_taken_name();
}

void NewFile::refuse_taken_name() const {
    if (files_->exists(path_)) throw usage_error(fmt::format("{}: exists already and is not overwritten; choose another name", path_));
}

void NewFile::check(WriteResult result) const {
    if (!result.ok()) throw run_error(fmt::format("{}.part: cannot be written ({}); is the disk full?", path_, std::strerror(result.error_number)));
}

void NewFile::flush() {
    if (!file_) file_ = files_->create(path_ + ".part", IfExists::replace);
    check(file_->write(std::as_bytes(std::span{waiting_})));
    waiting_.clear();
}

void NewFile::write(std::string_view bytes) {
    waiting_.append(bytes);
    n_bytes_ += bytes.size();
    if (waiting_.size() >= limits::kReadBytes) flush();
}

void NewFile::write_at(std::uint64_t offset, std::string_view bytes) {
    if (offset + bytes.size() > n_bytes_ - waiting_.size()) flush();
    check(file_->write_at(offset, std::as_bytes(std::span{bytes})));
}

void NewFile::commit() {
    flush();
    check(file_->sync());
    file_.reset();
    refuse_taken_name();
    files_->rename(path_ + ".part", path_);
}

}  // namespace tonus::formats
