#pragma once

#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

// Made once, in json.cpp: its parser takes longer to compile than the tests that read with it.
extern template class nlohmann::basic_json<>;

namespace tonus::test {

/// The document in a text. Throws where it is none.
nlohmann::json parse_json(std::string_view text);

nlohmann::json read_json(const std::filesystem::path& path);

}  // namespace tonus::test
