#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/byte_view.hpp"

namespace tonus::formats {

/// A file in an archive: bytes [at, at + n_bytes) of the archive, all of them there.
struct TarMember {
    std::string name = {};  ///< without folders
    std::uint64_t at = 0;
    std::uint64_t n_bytes = 0;
};

/// What a tar archive holds. Folders, links and other members that have no bytes are passed over.
struct TarArchive {
    std::vector<TarMember> members = {};
    std::string trouble = {};  ///< where it breaks off, empty when it does not

    const TarMember* find(const std::string& name) const noexcept;
};

/// The head of a member, nothing when these 512 bytes are none: its sum is checked.
/// Source  POSIX 1003.1, "ustar interchange format"; names beyond 100 bytes as GNU tar writes them.
std::optional<TarMember> tar_head(const ByteView& block);

/// Goes through the heads; the bytes between are not read. A member that is cut ends the list, with as many
/// of its bytes as there are.
TarArchive list_tar(InputFile& file);

}  // namespace tonus::formats
