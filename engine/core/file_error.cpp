#include "engine/core/file_error.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace tonus {

std::string error_text(int error_number) {
    return std::generic_category().message(error_number);
}

Error cannot_open(const std::string& path, int error_number) {
    if (path.empty()) return input_error("an empty path names no file");
    switch (error_number) {
        case ENOENT: return input_error(fmt::format("{}: no such file", path));
        case EISDIR: return input_error(fmt::format("{}: is a folder; name a file in it", path));
        case EACCES:
        case EPERM:
            return input_error(fmt::format("{}: not readable for this user; see its permissions", path));
        case ENOTSUP:
            return input_error(fmt::format("{}: is a device, pipe or socket, and a recording must be a "
                                           "regular file; live data comes by a device's own URL",
                                           path));
        default: return input_error(fmt::format("{}: cannot be opened: {}", path, error_text(error_number)));
    }
}

Error cannot_read(const std::string& path, int error_number) {
    return input_error(fmt::format("{}: reading failed: {}", path, error_text(error_number)));
}

Error cannot_create(const std::string& path, int error_number) {
    if (path.empty()) return run_error("an empty path names no file to write");
    switch (error_number) {
        case EEXIST:
            return run_error(fmt::format("{}: exists and is not replaced; choose another name", path));
        case EISDIR: return run_error(fmt::format("{}: is a folder; name a file in it", path));
        case ENOENT: return run_error(fmt::format("{}: its folder does not exist; make it first", path));
        case EACCES:
        case EPERM:
            return run_error(fmt::format("{}: this user may not write there; choose another folder", path));
        default: return run_error(fmt::format("{}: cannot be made: {}", path, error_text(error_number)));
    }
}

Error cannot_make_folder(const std::string& path, int error_number) {
    if (error_number == EEXIST || error_number == ENOTDIR) {
        return run_error(fmt::format("{}: cannot be made a folder, a file has that name", path));
    }
    return run_error(fmt::format("{}: the folder cannot be made: {}", path, error_text(error_number)));
}

Error cannot_rename(const std::string& from, const std::string& to, int error_number) {
    return run_error(fmt::format("{}: cannot be renamed to {}: {}", from, to, error_text(error_number)));
}

}  // namespace tonus
