#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/device/gap.hpp"
#include "engine/formats/byte_view.hpp"

namespace tonus::formats {

/// One stream in one block, and its ledger so far: emitted = recorded + sum of lost.
struct IntegrityCount {
    std::uint32_t id = 0;
    std::uint64_t first = 0;     ///< of the block: the number of its first frame in the stream, lost ones counted
    std::uint64_t count = 0;     ///< of the block: frames
    std::uint64_t recorded = 0;  ///< so far, this block's too
    std::uint64_t emitted = 0;   ///< so far: the number of the frame to come
    std::array<std::uint64_t, kGapCauses> lost = {};
    std::uint64_t ignored = 0;   ///< came again or with an impossible number; not part of the sum

    bool adds_up() const noexcept;
};

/// What closes a block of a recording: proof of its bytes, and the account of its streams.
struct Integrity {
    std::uint64_t block = 0;       ///< its number in the file
    std::uint64_t from = 0;        ///< the block's first byte
    std::uint64_t n_bytes = 0;     ///< of the block, up to this record's chunk
    std::uint32_t crc32c = 0;      ///< of those
    std::int64_t wall_ns = 0;      ///< since 1970 UTC, at the same moment as
    std::int64_t monotonic_ns = 0; ///< the clock that orders everything
    bool closed = false;           ///< the last block of a recording that ended in good order
    std::vector<IntegrityCount> streams = {};

    const IntegrityCount* of(std::uint32_t id) const noexcept;
};

/// The one-channel string stream that holds them (design, "The recording").
inline constexpr std::string_view kIntegrityStream = "tonus_integrity";

/// Appends the record as a sample of the stream `id`, in one chunk. It is JSON and ends with `self`, the
/// checksum of the chunk's own bytes up to there, so that no byte of the file is without one.
void append_xdf_integrity(std::string& out, std::uint32_t id, double at_s, const Integrity& integrity);

/// A record and the bytes its chunk takes.
struct IntegrityChunk {
    Integrity integrity;
    std::size_t n_bytes = 0;
};

/// How long the chunk of a record that begins here says it is; nothing where none begins.
std::optional<std::size_t> integrity_bytes(ByteView head);

/// The record whose chunk begins here; nothing where none does, or a bit of it is not as it was written.
std::optional<IntegrityChunk> read_xdf_integrity(ByteView bytes);

/// The copy of a recording's first block, which describes all streams, as a text of the same stream; so that
/// damage to the block itself costs nothing.
std::string first_block_copy(std::string_view first_block);
/// The block again; nothing where the text is no copy.
std::optional<std::string> first_block_of(std::string_view copy);

}  // namespace tonus::formats
