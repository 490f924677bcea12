#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace tonus::cli {

/// How much a signal swings over a recording, in a line of blocks. It does not know how long the recording
/// will be: when its columns are full, pairs become one.
class Sparkline {
public:
    void add(double value) noexcept;

    /// One block per column, the highest for the widest swing of all.
    std::string text() const;

private:
    static constexpr std::size_t kColumns = 32;
    struct Column {
        double least = 0.0;
        double most = 0.0;
    };
    void merge_pairs() noexcept;

    std::array<Column, kColumns> columns_{};
    std::size_t n_columns_ = 0;
    std::size_t n_per_column_ = 64;
    std::size_t n_in_last_ = 0;
};

}  // namespace tonus::cli
