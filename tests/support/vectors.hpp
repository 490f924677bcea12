#pragma once

#include <string>

#include "tests/support/json.hpp"
#include "tests/support/shared_data.hpp"

/// Puts the team's test vectors of a protocol into a variable `name`.
#define TONUS_NEEDS_VECTORS(name, protocol)                                                   \
    TONUS_NEEDS_SHARED(name##_path, std::string{"protocols/vectors/"} + (protocol) + ".json"); \
    const nlohmann::json name = ::tonus::test::read_json(name##_path)
