#include "tests/support/json.hpp"

#include <fstream>

template class nlohmann::basic_json<>;

namespace tonus::test {

nlohmann::json read_json(const std::filesystem::path& path) {
    std::ifstream in{path};
    return nlohmann::json::parse(in);
}

}  // namespace tonus::test
