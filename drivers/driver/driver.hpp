#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver/emulator.hpp"
#include "drivers/driver/source_url.hpp"
#include "drivers/transport/ports.hpp"
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
    std::string_view units;           ///< what is sent, and what one step of it is
    std::vector<Found> (*probe)(Ports& ports);  ///< devices present now; quick and harmless
    std::unique_ptr<Device> (*open)(const SourceUrl& url, Ports& ports);  ///< throws Error
    /// The device in software, for trials and tests; null for what is no device. Its options come
    /// beside those of every link (emulated_link.hpp).
    std::span<const DriverOption> emulator_options = {};
    std::unique_ptr<Emulator> (*emulate)(const SourceUrl& url, const BodyMaker& body) = nullptr;
};

/// All drivers of this build, by scheme, then the plug-ins of TONUS_DRIVER_PATH. Opening and probing
/// go by driver_table.hpp, because a plug-in's functions are not in here.
std::span<const Driver* const> drivers();

/// Throws Error for a scheme that there is not, with the nearest that there is.
const Driver& driver_of(const SourceUrl& url);

/// Opens "cyton:/dev/ttyUSB0?gain=24", or "cyton:usb=DM01ABCD", which is found wherever it is
/// plugged in. A live device that is lost is opened again by itself (reconnecting_device.hpp).
/// Throws Error for an unknown scheme or option, and for whatever keeps the device from opening.
/// @param stop  true when the run is to end: a lost device is then not opened again
std::unique_ptr<Device> open_device(const std::string& url, Ports& ports = system_ports(),
                                    const std::atomic<bool>* stop = nullptr);

}  // namespace tonus
