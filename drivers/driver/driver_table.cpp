#include "drivers/driver/driver_table.hpp"

#include <cstdlib>

#include "drivers/plugin/plugin.hpp"

namespace tonus {
namespace {

/// Loaded once: a library that was used cannot be unloaded.
const Plugins& plugins() {
    static const Plugins loaded = [] {
        std::vector<std::string_view> taken;
        for (const Driver* driver : built_in_drivers()) taken.push_back(driver->scheme);
        const char* const folders = std::getenv("TONUS_DRIVER_PATH");
        return load_plugins(folders == nullptr ? "" : folders, std::move(taken));
    }();
    return loaded;
}

const Plugin* plugin_of(const Driver& driver) {
    for (const auto& plugin : plugins().loaded) {
        if (&plugin->driver() == &driver) return plugin.get();
    }
    return nullptr;
}

}  // namespace

std::span<const Driver* const> drivers() {
    static const std::vector<const Driver*> all = [] {
        std::vector<const Driver*> table{built_in_drivers().begin(), built_in_drivers().end()};
        for (const auto& plugin : plugins().loaded) table.push_back(&plugin->driver());
        return table;
    }();
    return all;
}

std::span<const std::string> refused_plugins() { return plugins().refusals; }

std::vector<Found> probe(const Driver& driver, Ports& ports) {
    const Plugin* const plugin = plugin_of(driver);
    return plugin != nullptr ? plugin->probe() : driver.probe(ports);
}

std::unique_ptr<Device> open_by(const Driver& driver, const SourceUrl& url, Ports& ports) {
    const Plugin* const plugin = plugin_of(driver);
    return plugin != nullptr ? plugin->open_device(url) : driver.open(url, ports);
}

}  // namespace tonus
