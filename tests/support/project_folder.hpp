#pragma once

#include <filesystem>

namespace tonus::test {

/// The root of the sources that this test was built from.
std::filesystem::path project_folder();

}  // namespace tonus::test
