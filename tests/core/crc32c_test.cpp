#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/crc32c.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text.data(), text.size()}); }

// The check value of the algorithm, and the vectors of RFC 3720.
TEST(Crc32c, GivesThePublishedValues) {
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283u);
    EXPECT_EQ(crc32c(bytes_of(std::string(32, '\0'))), 0x8A9136AAu);
    EXPECT_EQ(crc32c(bytes_of(std::string(32, '\xff'))), 0x62A8AB43u);
    EXPECT_EQ(crc32c({}), 0u);
}

TEST(Crc32c, IsTheSameByInstructionByTableAndInPieces) {
    Random random{3};
    for (std::size_t n = 0; n < 100; ++n) {
        std::vector<std::byte> bytes(n);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
        const std::uint32_t whole = crc32c(bytes);
        EXPECT_EQ(crc32c_by_table(bytes), whole) << n;
        const std::span<const std::byte> all{bytes};
        EXPECT_EQ(crc32c(all.subspan(n / 3), crc32c(all.first(n / 3))), whole) << n;
    }
}

}  // namespace
}  // namespace tonus
