#include "engine/core/text_file.hpp"

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kBytesMax = 16 * 1024 * 1024;

}  // namespace

std::string read_text(Files& files, const std::string& path) {
    const std::unique_ptr<InputFile> file = files.open(path);
    std::string text;
    for (std::size_t n_read = 1; n_read > 0;) {
        const std::size_t n_had = text.size();
        if (n_had > kBytesMax) throw input_error(path + " is over 16 MiB: it is not the text file it should be");
        text.resize(n_had + kChunkBytes);
        n_read = file->read_at(n_had, std::as_writable_bytes(std::span{text.data() + n_had, kChunkBytes}));
        text.resize(n_had + n_read);
    }
    return text;
}

std::string read_text_if_any(Files& files, const std::string& path) {
    try {
        return read_text(files, path);
    } catch (const Error&) {
        return {};
    }
}

}  // namespace tonus
