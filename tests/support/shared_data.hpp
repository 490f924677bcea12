#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/project_folder.hpp"

namespace tonus::test {

/// The recordings the team shares, beside the project; not part of it. TONUS_SHARED names
/// another place.
inline std::filesystem::path shared_folder() {
    if (const char* named = std::getenv("TONUS_SHARED")) return named;
    return project_folder() / ".." / "shared";
}

inline bool in_ci() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string{ci} == "true";
}

}  // namespace tonus::test

/// Puts the path of `relative` under the shared data into a variable `name`. Where it is absent the
/// test is skipped and says so; in CI it fails, because there it must run.
#define TONUS_NEEDS_SHARED(name, relative)                                                  \
    const std::filesystem::path name = ::tonus::test::shared_folder() / (relative);         \
    if (!std::filesystem::exists(name)) {                                                   \
        if (::tonus::test::in_ci()) FAIL() << "shared data is missing: " << name;           \
        GTEST_SKIP() << "needs the team's recordings, which are not here: " << name;        \
    }                                                                                       \
    static_assert(true)
