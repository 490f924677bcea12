#pragma once

#include <string>

#include "tests/support/json.hpp"
#include "tests/support/shared_data.hpp"

namespace tonus::test {

/// The team's vectors of file formats.
inline nlohmann::json file_vectors() { return read_json(shared_folder() / "protocols/vectors/file-formats.json"); }

/// The bytes that a vector writes as pairs of hexadecimal digits.
inline std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

}  // namespace tonus::test
