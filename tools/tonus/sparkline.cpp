#include "tools/tonus/sparkline.hpp"

#include <algorithm>

namespace tonus::cli {

void Sparkline::add(double value) noexcept {
    if (n_columns_ == 0 || n_in_last_ == n_per_column_) {
        if (n_columns_ == kColumns) merge_pairs();
        columns_[n_columns_++] = {value, value};
        n_in_last_ = 0;
    }
    Column& last = columns_[n_columns_ - 1];
    last.least = std::min(last.least, value);
    last.most = std::max(last.most, value);
    ++n_in_last_;
}

void Sparkline::merge_pairs() noexcept {
    for (std::size_t i = 0; i < kColumns / 2; ++i) {
        const Column &a = columns_[2 * i], &b = columns_[2 * i + 1];
        columns_[i] = {std::min(a.least, b.least), std::max(a.most, b.most)};
    }
    n_columns_ = kColumns / 2;
    n_per_column_ *= 2;
}

std::string Sparkline::text() const {
    static constexpr std::array<const char*, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double widest = 0.0;
    for (std::size_t i = 0; i < n_columns_; ++i) widest = std::max(widest, columns_[i].most - columns_[i].least);
    std::string text;
    for (std::size_t i = 0; i < n_columns_; ++i) {
        const double part = widest > 0.0 ? (columns_[i].most - columns_[i].least) / widest : 0.0;
        text += blocks[std::min<std::size_t>(7, static_cast<std::size_t>(part * 8.0))];
    }
    return text;
}

}  // namespace tonus::cli
