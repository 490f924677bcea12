#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace tonus::test {

/// A file as a member of a tar archive (POSIX ustar): its head and its bytes, filled up to 512.
inline std::string tar_member(std::string_view name, std::string_view content, char type = '0') {
    std::string head(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { head.replace(at, text.size(), text); };
    put(0, std::string{name.substr(0, 100)});
    put(100, "0000644");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, "        ");
    head[156] = type;
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const char c : head) sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum));
    head[154] = '\0';
    std::string bytes = head + std::string{content};
    bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
    return bytes;
}

/// The two empty blocks after the last member.
inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace tonus::test
