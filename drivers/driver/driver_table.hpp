#pragma once

#include <span>
#include <string>
#include <vector>

#include "drivers/driver/driver.hpp"

namespace tonus {

/// The drivers that were built in, which the build lists; drivers() has the plug-ins too.
std::span<const Driver* const> built_in_drivers() noexcept;

/// Plug-ins that were found and not taken: a sentence each, naming the library and why.
std::span<const std::string> refused_plugins();

/// The driver's devices that are here now; quick and harmless.
std::vector<Found> probe(const Driver& driver, Ports& ports);

/// Opens a device by this driver, built in or not. Throws Error.
std::unique_ptr<Device> open_by(const Driver& driver, const SourceUrl& url, Ports& ports);

}  // namespace tonus
