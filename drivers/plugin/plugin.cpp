#include "drivers/plugin/plugin.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "drivers/plugin/plugin_device.hpp"
#include "drivers/transport/shared_library.hpp"
#include "engine/core/files.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus {
namespace {

constexpr const char* kEntry = "tonus_driver_v1";
constexpr std::uint32_t kOptionsMax = 64, kFoundMax = 16;
constexpr std::size_t kSchemeBytesMax = 32;

std::string text(const char* given, std::string_view what) {
    if (given == nullptr) throw usage_error(fmt::format("its {} is null", what));
    return formats::clean_text(given, formats::limits::kLabelBytes);
}

/// What every version has in front, looked at before anything behind it.
tonus_driver functions_of(const SharedLibrary& library) {
    using Entry = const tonus_driver*();
    auto* const entry = reinterpret_cast<Entry*>(library.find(kEntry));
    if (entry == nullptr) throw usage_error(fmt::format("it exports no {}: was it built with tonus_driver.h?", kEntry));
    const tonus_driver* const given = entry();
    if (given == nullptr) throw usage_error(fmt::format("its {} returns null", kEntry));
    if (given->size < sizeof(tonus_driver) || given->version != TONUS_DRIVER_VERSION) {
        throw usage_error(fmt::format("it is of version {} and {} bytes; version {} of {} bytes is taken: build it with this tonus_driver.h",
                                      given->version, given->size, TONUS_DRIVER_VERSION, sizeof(tonus_driver)));
    }
    return *given;
}

void refuse_null(const tonus_driver& f) {
    const auto check = [](bool is_there, std::string_view name) {
        if (!is_there) throw usage_error(fmt::format("its {}() is null", name));
    };
    check(f.open != nullptr, "open");
    check(f.streams != nullptr, "streams");
    check(f.start != nullptr, "start");
    check(f.read != nullptr, "read");
    check(f.stop != nullptr, "stop");
    check(f.close != nullptr, "close");
    check(f.error != nullptr, "error");
}

std::string scheme_of(const tonus_driver& f, const std::vector<std::string_view>& taken) {
    const std::string scheme = text(f.scheme, "scheme");
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (scheme.empty() || scheme.size() > kSchemeBytesMax || !std::all_of(scheme.begin(), scheme.end(), fits)) {
        throw usage_error(fmt::format("its scheme '{}' is not of small letters and digits", scheme));
    }
    if (std::find(taken.begin(), taken.end(), scheme) != taken.end()) {
        throw usage_error(fmt::format("there is a driver '{}' already: give it another scheme", scheme));
    }
    return scheme;
}

std::string_view bounded(std::span<const char> field) {
    return {field.data(), static_cast<std::size_t>(std::find(field.begin(), field.end(), '\0') - field.begin())};
}

}  // namespace

Plugin::Plugin(const std::string& path, const std::vector<std::string_view>& taken) {
    try {
        functions_ = functions_of(SharedLibrary{path});
        refuse_null(functions_);
        scheme_ = scheme_of(functions_, taken);
        summary_ = text(functions_.summary, "summary");
        url_syntax_ = text(functions_.url_syntax, "url_syntax");
        units_ = text(functions_.units, "units");
        loss_detection_ = text(functions_.loss_detection, "loss_detection");
        clock_ = text(functions_.clock, "clock");
        if (functions_.n_options > kOptionsMax || (functions_.n_options > 0 && functions_.options == nullptr)) {
            throw usage_error(fmt::format("it has {} options; up to {} are taken", functions_.options == nullptr ? 0 : functions_.n_options, kOptionsMax));
        }
        for (const tonus_option& option : std::span{functions_.options, functions_.n_options}) {
            for (const char* given : {option.name, option.value, option.summary}) option_texts_.push_back(text(given, "text of an option"));
        }
    } catch (const Error& error) {
        throw usage_error(path + ": refused: " + error.what());
    }
    for (std::size_t i = 0; i < option_texts_.size(); i += 3) options_.push_back({option_texts_[i], option_texts_[i + 1], option_texts_[i + 2]});
    driver_ = {.scheme = scheme_, .summary = summary_, .url_syntax = url_syntax_, .options = options_, .loss_detection = loss_detection_,
               .clock = clock_, .units = units_, .probe = nullptr, .open = nullptr};
}

std::vector<Found> Plugin::probe() const {
    if (functions_.probe == nullptr) return {};
    std::vector<tonus_found> found(kFoundMax);
    const std::uint32_t n = std::min(functions_.probe(found.data(), kFoundMax), kFoundMax);
    std::vector<Found> all;
    for (const tonus_found& one : std::span{found}.first(n)) {
        all.push_back({formats::clean_text(bounded(one.url), sizeof one.url), formats::clean_text(bounded(one.what), sizeof one.what)});
    }
    return all;
}

std::unique_ptr<Device> Plugin::open_device(const SourceUrl& url) const {
    std::vector<std::string> texts;
    for (const DriverOption& option : options_) {
        if (!url.has(option.name)) continue;
        texts.emplace_back(option.name);
        texts.push_back(url.text_option(option.name, ""));
    }
    std::vector<tonus_setting> settings;
    for (std::size_t i = 0; i < texts.size(); i += 2) settings.push_back({texts[i].c_str(), texts[i + 1].c_str()});
    const char* why = nullptr;
    tonus_device* const device = functions_.open(url.address().c_str(), settings.data(), static_cast<std::uint32_t>(settings.size()), &why);
    if (device == nullptr) {
        throw run_error(url.text() + ": " + (why == nullptr ? "does not open, and its plug-in does not say why" : formats::clean_text(why, 1024)));
    }
    try {
        return std::make_unique<PluginDevice>(functions_, device, url.text(), plugin_streams(functions_, device));
    } catch (const Error& error) {
        functions_.close(device);
        throw run_error(url.text() + ": its plug-in says what cannot be: " + error.what());
    }
}

Plugins load_plugins(const std::string& folders, std::vector<std::string_view> taken) {
    Plugins plugins;
    std::string_view rest = folders;
    while (!rest.empty()) {
        const std::string folder{rest.substr(0, rest.find(':'))};
        rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
        for (const std::string& name : system_files().names_in(folder)) {
            if (!name.ends_with(".so")) continue;
            try {
                plugins.loaded.push_back(std::make_unique<Plugin>(folder + "/" + name, taken));
                taken.push_back(plugins.loaded.back()->driver().scheme);
            } catch (const Error& error) {
                plugins.refusals.emplace_back(error.what());
            }
        }
    }
    return plugins;
}

}  // namespace tonus
