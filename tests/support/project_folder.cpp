#include "tests/support/project_folder.hpp"

namespace tonus::test {

// The only file compiled with the path: it differs from clone to clone, and a compiler cache would
// miss every test otherwise.
std::filesystem::path project_folder() { return TONUS_SOURCE_DIR; }

}  // namespace tonus::test
