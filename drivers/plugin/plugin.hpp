#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver/driver.hpp"
#include "drivers/plugin/tonus_driver.h"

namespace tonus {

/// A driver that came as a shared library, checked.
class Plugin {
public:
    /// Loads one library. Throws Error naming it and what is wrong with it.
    /// @param path   of the library
    /// @param taken  the schemes it may not have: those of built-in drivers and of plug-ins before it
    Plugin(const std::string& path, const std::vector<std::string_view>& taken);

    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    /// As the table of drivers has it, but for its functions, which are here (driver_table.hpp).
    const Driver& driver() const noexcept { return driver_; }

    std::vector<Found> probe() const;

    /// Throws Error with the plug-in's own words, or when what it says of its streams cannot be.
    std::unique_ptr<Device> open_device(const SourceUrl& url) const;

private:
    tonus_driver functions_{};
    std::string scheme_, summary_, url_syntax_, units_, loss_detection_, clock_;
    std::vector<std::string> option_texts_;
    std::vector<DriverOption> options_;
    Driver driver_{};
};

/// The plug-ins of some folders, and what was refused there.
struct Plugins {
    std::vector<std::unique_ptr<Plugin>> loaded;
    std::vector<std::string> refusals;  ///< a sentence each, naming the library
};

/// Loads every library (*.so) of the folders, in the order of their names; one that is refused keeps
/// none of the others away.
/// @param folders  separated by ':', as in TONUS_DRIVER_PATH
Plugins load_plugins(const std::string& folders, std::vector<std::string_view> taken);

}  // namespace tonus
