#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

// Made once, in json.cpp: its parser takes longer to compile than the tests that read with it.
extern template class nlohmann::basic_json<>;

namespace tonus::test {

/// The document in a file. Throws where it is none.
nlohmann::json read_json(const std::filesystem::path& path);

}  // namespace tonus::test
