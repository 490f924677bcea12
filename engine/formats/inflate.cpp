#include "engine/formats/inflate.hpp"

#include <algorithm>

#include <zlib.h>

#include "engine/formats/byte_window.hpp"

namespace tonus::formats {
namespace {

constexpr int kEitherHead = MAX_WBITS + 32;  // zlib's flag for its own head or gzip's, whichever is there

}  // namespace

std::vector<std::byte> inflated(InputFile& file, std::uint64_t at, std::uint64_t n_bytes, std::uint64_t n_most) {
    std::vector<std::byte> plain;
    z_stream stream{};
    if (inflateInit2(&stream, kEitherHead) != Z_OK) return plain;
    ByteWindow bytes{file};
    std::vector<std::byte> piece(limits::kReadBytes);
    int code = Z_OK;
    for (std::uint64_t done = 0; done < n_bytes && code == Z_OK;) {
        const ByteView in = bytes.at(at + done, static_cast<std::size_t>(std::min<std::uint64_t>(n_bytes - done, limits::kReadBytes)));
        if (in.size() == 0) break;
        done += in.size();
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.bytes().data()));  // zlib does not write to it
        stream.avail_in = static_cast<uInt>(in.size());
        do {
            stream.next_out = reinterpret_cast<Bytef*>(piece.data());
            stream.avail_out = static_cast<uInt>(piece.size());
            code = inflate(&stream, Z_NO_FLUSH);
            const std::size_t n = piece.size() - stream.avail_out;
            if (n > n_most - plain.size()) code = Z_MEM_ERROR;
            else plain.insert(plain.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
        } while (code == Z_OK && stream.avail_out == 0);
        if (code == Z_BUF_ERROR) code = Z_OK;  // it wants more input
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END) plain.clear();
    return plain;
}

}  // namespace tonus::formats
