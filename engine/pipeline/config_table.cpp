#include "engine/pipeline/config_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "engine/core/error.hpp"
#include "engine/core/suggest.hpp"

namespace tonus {
namespace {

std::string joined(ConfigTable::Words words) {
    std::string text;
    for (const std::string_view word : words) text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
    return text;
}

}  // namespace

std::vector<const toml::table*> tables_of(const toml::table& root, std::string_view name,
                                          const std::string& path, bool is_array) {
    std::vector<const toml::table*> tables;
    const toml::node* node = root.get(name);
    if (node == nullptr) return tables;
    if (!is_array && node->is_table()) return {node->as_table()};
    if (is_array && node->is_array_of_tables()) {
        for (const toml::node& entry : *node->as_array()) tables.push_back(entry.as_table());
        return tables;
    }
    throw usage_error(fmt::format("{}:{}: write {} as {}", path, node->source().begin.line, name,
                                  is_array ? fmt::format("[[{}]]", name) : fmt::format("[{}]", name)));
}

ConfigTable::ConfigTable(const std::string& path, std::string name, const toml::table& table, Words known)
    : path_(path), name_(std::move(name)), table_(table) {
    for (const auto& [key, value] : table_) {
        if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
        const std::string near = nearest(key.str(), {known.begin(), known.size()});
        fail(key.source().begin.line,
             fmt::format("unknown key '{}'{}", key.str(),
                         near.empty() ? "; known are: " + joined(known)
                                      : fmt::format("; did you mean '{}'?", near)));
    }
}

bool ConfigTable::has(std::string_view key) const { return table_.contains(key); }

bool ConfigTable::is_number(std::string_view key) const { return has(key) && table_.get(key)->is_number(); }

std::string ConfigTable::text(std::string_view key, std::string fallback) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value_exact<std::string>();
    if (!value) fail_at(*node, key, "is not a text in quotes");
    return *value;
}

std::optional<std::string> ConfigTable::text_or_number(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto text = node->value_exact<std::string>()) return *text;
    if (const auto whole = node->value_exact<std::int64_t>()) return fmt::format("{}", *whole);
    if (const auto number = node->value_exact<double>()) return fmt::format("{:.15g}", *number);
    fail_at(*node, key, "is neither a number nor a text");
}

double ConfigTable::number(std::string_view key, double fallback, double least, double most) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value<double>();
    if (!node->is_number() || !value || !(*value >= least && *value <= most)) {
        fail_at(*node, key, fmt::format("is not a number from {:.6g} to {:.6g}", least, most));
    }
    return *value;
}

std::string ConfigTable::choice(std::string_view key, std::string fallback, Words choices) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const std::string value = text_or_number(key).value_or("");
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
        fail_at(*node, key, fmt::format("is '{}'; it can be: {}", value, joined(choices)));
    }
    return value;
}

std::string ConfigTable::date(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto value = node->value<toml::date_time>();
    if (!value) fail_at(*node, key, "is not a date and time such as 2026-11-21T10:30:00Z");
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", value->date.year,
                       value->date.month, value->date.day, value->time.hour,
                       value->time.minute, value->time.second);
}

void ConfigTable::fail_key(std::string_view key, const std::string& what) const {
    const toml::node* node = table_.get(key);
    fail(node != nullptr ? node->source().begin.line : table_.source().begin.line, what);
}

void ConfigTable::fail(std::size_t line, const std::string& what) const {
    throw usage_error(fmt::format("{}:{}: {}: {}", path_, line, name_, what));
}

void ConfigTable::fail_at(const toml::node& node, std::string_view key, const std::string& what) const {
    fail(node.source().begin.line, fmt::format("{} {}", key, what));
}

}  // namespace tonus
