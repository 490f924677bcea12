#pragma once

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace tonus::bench {

/// Rows of text that become a Markdown table. ASCII only, so that a byte is a column.
class Table {
public:
    explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}

    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    void print() const {
        std::vector<std::size_t> width(rows_.front().size(), 3);
        for (const auto& row : rows_) {
            for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
        }
        for (std::size_t r = 0; r < rows_.size(); ++r) {
            for (std::size_t i = 0; i < width.size(); ++i) fmt::print("| {:<{}} ", i < rows_[r].size() ? rows_[r][i] : "", width[i]);
            fmt::print("|\n");
            if (r > 0) continue;
            for (const std::size_t w : width) fmt::print("|{:-<{}}", "", w + 2);
            fmt::print("|\n");
        }
    }

private:
    std::vector<std::vector<std::string>> rows_;
};

/// Notes what was required and missed; a program ends with its exit code.
class Requirements {
public:
    /// The word for a table's cell.
    std::string check(bool met, std::string what) {
        if (!met) missed_.push_back(std::move(what));
        return met ? "yes" : "**no**";
    }

    int finish() const {
        for (const std::string& what : missed_) fmt::print("missed: {}\n", what);
        if (missed_.empty()) fmt::print("Every requirement is met.\n");
        return missed_.empty() ? 0 : 1;
    }

private:
    std::vector<std::string> missed_;
};

/// Reads the only option the tables have, runs one and says what went wrong.
template <class Run>
int table_main(int argc, char** argv, Run&& run) {
    const std::vector<std::string_view> options(argv + 1, argv + argc);
    for (const std::string_view option : options) {
        if (option == "--quick") continue;
        fmt::print(stderr, "{}: unknown option {}; there is --quick\n", argv[0], option);
        return 2;
    }
    try {
        return run(!options.empty());
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 2;
    }
}

}  // namespace tonus::bench
