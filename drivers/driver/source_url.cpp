#include "drivers/driver/source_url.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "engine/core/suggest.hpp"

namespace tonus {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_code = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                             hex_digit(text[i + 2]) >= 0;
        if (is_code) {
            out += static_cast<char>(16 * hex_digit(text[i + 1]) + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

SourceUrl::SourceUrl(const std::string& url) : text_(url) {
    const std::size_t colon = url.find(':');
    if (colon == std::string::npos || colon == 0) {
        throw usage_error(fmt::format("'{}' is no source; write scheme:address?option=value, such as "
                                      "sim:?subject=7 or file:squat.edf", url));
    }
    scheme_ = url.substr(0, colon);
    const std::size_t question = url.find('?', colon);
    address_ = decoded(std::string_view{url}.substr(colon + 1, question == std::string::npos
                                                                   ? std::string::npos
                                                                   : question - colon - 1));
    if (question == std::string::npos) return;
    std::string_view rest = std::string_view{url}.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) {
            throw usage_error(fmt::format("{}: option '{}' has no value; write {}=...", url, pair, pair));
        }
        options_[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
    }
}

SourceUrl SourceUrl::with_address(const std::string& address) const {
    SourceUrl url = *this;
    const std::size_t question = text_.find('?', scheme_.size());
    url.address_ = address;
    url.text_ = scheme_ + ":" + address + (question == std::string::npos ? "" : text_.substr(question));
    return url;
}

Error SourceUrl::bad(std::string_view name, const std::string& why) const {
    return usage_error(fmt::format("{}: {} '{}' {}", text_, name, text_option(name, ""), why));
}

std::string SourceUrl::text_option(std::string_view name, std::string fallback) const {
    const auto found = options_.find(std::string{name});
    return found == options_.end() ? fallback : found->second;
}

double SourceUrl::number(std::string_view name, double fallback, double least, double most) const {
    if (!has(name)) return fallback;
    const std::string text = text_option(name, "");
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = code == std::errc{} && end == text.data() + text.size();
    if (!is_number || !(value >= least && value <= most)) {
        throw bad(name, fmt::format("is not a number from {:.6g} to {:.6g}", least, most));
    }
    return value;
}

bool SourceUrl::flag(std::string_view name, bool fallback) const {
    return choice(name, fallback ? "on" : "off", {"on", "off"}) == "on";
}

std::string SourceUrl::choice(std::string_view name, std::string fallback,
                              std::initializer_list<std::string_view> choices) const {
    const std::string value = text_option(name, std::move(fallback));
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
        throw bad(name, fmt::format("is not one of {}", fmt::join(choices, " ")));
    }
    return value;
}

void SourceUrl::refuse_unknown(std::span<const DriverOption> known) const {
    std::vector<std::string_view> names;
    for (const DriverOption& option : known) names.push_back(option.name);
    for (const auto& [name, value] : options_) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string near = nearest(name, names);
        throw usage_error(fmt::format("{}: unknown option '{}'{}", text_, name,
                                      near.empty() ? fmt::format("; {} knows: {}", scheme_, fmt::join(names, " "))
                                                   : fmt::format("; did you mean '{}'?", near)));
    }
}

}  // namespace tonus
