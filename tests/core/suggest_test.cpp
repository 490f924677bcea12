#include "engine/core/suggest.hpp"

#include <array>

#include <gtest/gtest.h>

namespace tonus {
namespace {

TEST(Nearest, FindsTheWordThatWasMeant) {
    constexpr std::array<std::string_view, 4> known{"limit_mvc", "release_mvc", "raise_s", "engine"};
    EXPECT_EQ(nearest("limit_mcv", known), "limit_mvc") << "a swap is one slip";
    EXPECT_EQ(nearest("limt_mvc", known), "limit_mvc");
    EXPECT_EQ(nearest("enginee", known), "engine");
    EXPECT_EQ(nearest("colour", known), "") << "nothing near enough to be meant";
    EXPECT_EQ(nearest("", known), "");
}

}  // namespace
}  // namespace tonus
