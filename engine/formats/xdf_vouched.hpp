#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/xdf_integrity.hpp"

namespace tonus::formats {

/// Bytes of a file, from `begin` to before `end`.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const noexcept { return end - begin; }
};

/// What is proved of a recording with an integrity stream, from one pass over its bytes.
struct VouchedBytes {
    std::vector<ByteRange> good = {};       ///< whole blocks with their records, in order; neighbours joined
    std::vector<ByteRange> unvouched = {};  ///< everything else
    std::optional<std::string> first_block = {};  ///< its copy, where the block itself is not good
    std::uint64_t n_blocks = 0;
    std::optional<Integrity> first = {};    ///< of the good blocks
    std::optional<Integrity> last = {};
};

/// Called for every block whose bytes are as they were written, with the bytes that could not be proved between
/// it and the one before (empty: none). False: no more is wanted.
using VouchedBlock = std::function<bool(const Integrity&, ByteRange unproved_before)>;

/// True where a record of the integrity stream is found near the file's beginning.
bool has_integrity(InputFile& file);

/// Proves the file's blocks one by one, by their own records and without trust in anything between them.
/// Throws Error (input) when the disk fails.
VouchedBytes vouched_bytes(InputFile& file, const VouchedBlock& on_block = {});

/// The file as if it held nothing but what is proved: whole chunks, so that any reader of XDF can go on.
std::unique_ptr<InputFile> only_vouched(std::unique_ptr<InputFile> file, const VouchedBytes& vouched);

/// One line on what could not be proved; empty when all was.
std::string unvouched_text(const VouchedBytes& vouched);

}  // namespace tonus::formats
