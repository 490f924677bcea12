#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver/source_url.hpp"
#include "engine/device/device.hpp"

namespace tonus {

/// A device that is here now.
struct Found {
    std::string url;
    std::string what;
};

/// What a driver offers. One folder under drivers/ is one driver with one of these, named
/// <folder>_driver; the build writes the table.
struct Driver {
    std::string_view scheme;          ///< "sim"
    std::string_view summary;         ///< one line
    std::string_view url_syntax;      ///< "sim:?subject=7&task=reps"
    std::span<const DriverOption> options;
    std::string_view loss_detection;  ///< how lost frames are known: "counter modulo 256", "none"
    std::string_view clock;           ///< what drives its time
    std::vector<Found> (*probe)();    ///< devices present now; quick and harmless
    std::unique_ptr<Device> (*open)(const SourceUrl& url);  ///< throws Error
};

/// All drivers of this build, by scheme.
std::span<const Driver* const> drivers() noexcept;

/// Opens "cyton:/dev/ttyUSB0?gain=24". Throws Error for an unknown scheme or option, and for
/// whatever keeps the device from opening.
std::unique_ptr<Device> open_device(const std::string& url);

}  // namespace tonus
