#pragma once

#include <string>
#include <string_view>

namespace tonus::cli {

/// Text as one cell of a table: quoted where it holds a separator, on one line.
inline std::string csv_text(std::string_view text) {
    std::string cell;
    for (const char c : text) {
        if (c == '"') cell += '"';
        cell += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return cell.find_first_of(",\";") == std::string::npos ? cell : '"' + cell + '"';
}

}  // namespace tonus::cli
