#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// toml++ is heavy: who only reads values does not need it.
namespace toml {
inline namespace v3 {
class node;
class table;
}
}

namespace tonus {

/// The tables of an array such as [[channel]], or the one table of a [section]; none where it is absent.
/// Throws Error with the line where it is written as something else.
std::vector<const toml::table*> tables_of(const toml::table& root, std::string_view name, const std::string& path, bool is_array);

/// One table of a configuration file: typed access, and every complaint with file, line and key.
/// Refers to what it was made from.
class ConfigTable {
public:
    using Words = std::initializer_list<std::string_view>;

    /// Throws Error for a key that is not among the known.
    ConfigTable(const std::string& path, std::string name, const toml::table& table, Words known);

    bool has(std::string_view key) const;
    bool is_number(std::string_view key) const;

    // Each gives the fallback where the key is absent, and throws Error where its value does not fit.
    std::string text(std::string_view key, std::string fallback) const;
    double number(std::string_view key, double fallback, double least, double most) const;
    std::string choice(std::string_view key, std::string fallback, Words choices) const;

    /// A text or a number, as text; none where the key is absent.
    std::optional<std::string> text_or_number(std::string_view key) const;

    /// A TOML date and time as 2026-11-21T10:30:00Z; empty where the key is absent.
    std::string date(std::string_view key) const;

    /// Throws Error at the line of the key, or of the table where the key is absent.
    [[noreturn]] void fail_key(std::string_view key, const std::string& what) const;

private:
    [[noreturn]] void fail(std::size_t line, const std::string& what) const;
    [[noreturn]] void fail_at(const toml::node& node, std::string_view key, const std::string& what) const;

    const std::string& path_;
    std::string name_;
    const toml::table& table_;
};

}  // namespace tonus
