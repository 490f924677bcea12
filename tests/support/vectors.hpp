#pragma once

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/support/shared_data.hpp"

namespace tonus::test {

inline nlohmann::json read_json(const std::filesystem::path& path) {
    std::ifstream in{path};
    return nlohmann::json::parse(in);
}

}  // namespace tonus::test

/// Puts the team's test vectors of a protocol into a variable `name`.
#define TONUS_NEEDS_VECTORS(name, protocol)                                                   \
    TONUS_NEEDS_SHARED(name##_path, std::string{"protocols/vectors/"} + (protocol) + ".json"); \
    const nlohmann::json name = ::tonus::test::read_json(name##_path)
