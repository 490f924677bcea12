#include "engine/core/disk_space.hpp"

#include <filesystem>

namespace tonus {

std::optional<std::uint64_t> free_bytes_beside(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    std::error_code wrong;
    const std::filesystem::space_info space = std::filesystem::space(folder.empty() ? "." : folder, wrong);
    return wrong ? std::nullopt : std::optional{static_cast<std::uint64_t>(space.available)};
}

}  // namespace tonus
