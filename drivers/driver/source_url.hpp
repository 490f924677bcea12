#pragma once

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"

namespace tonus {

/// An option of a driver, as `tonus drivers` prints it.
struct DriverOption {
    std::string_view name;
    std::string_view value;    ///< what can be given, and the default: "Hz, 1000"
    std::string_view summary;
};

/// The address of a source: scheme:address?option=value&option=value, with %XX for a character
/// that would be read as punctuation.
///
/// Errors     every complaint names the address, the option and what would work.
class SourceUrl {
public:
    /// Throws Error when there is no scheme, or an option has no '='.
    explicit SourceUrl(const std::string& url);

    const std::string& text() const noexcept { return text_; }
    const std::string& scheme() const noexcept { return scheme_; }
    const std::string& address() const noexcept { return address_; }

    /// The same source elsewhere; messages show where.
    SourceUrl with_address(const std::string& address) const;

    bool has(std::string_view name) const { return options_.contains(std::string{name}); }
    std::string text_option(std::string_view name, std::string fallback) const;
    double number(std::string_view name, double fallback, double least, double most) const;
    bool flag(std::string_view name, bool fallback) const;  ///< on or off
    std::string choice(std::string_view name, std::string fallback,
                       std::initializer_list<std::string_view> choices) const;

    /// Throws Error for an option that is not known, suggesting the nearest.
    void refuse_unknown(std::span<const DriverOption> known) const;

    /// An Error about one option: "sim:?rate=x: rate x is ...".
    Error bad(std::string_view name, const std::string& why) const;

private:
    std::string text_;
    std::string scheme_;
    std::string address_;
    std::map<std::string, std::string> options_;
};

}  // namespace tonus
