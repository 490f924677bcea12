#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver_table.hpp"
#include "drivers/driver/reconnecting_device.hpp"
#include "drivers/driver/reopening_ports.hpp"
#include "engine/core/suggest.hpp"

namespace tonus {
namespace {

constexpr std::string_view kByUsbSerial = "usb=";

/// The path where an adapter of this serial number is plugged in now.
std::string path_of(const std::string& usb_serial, const SourceUrl& url, Ports& ports) {
    std::vector<std::string> there;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.usb_serial == usb_serial) return port.path;
        if (!port.usb_serial.empty()) there.push_back(port.usb_serial);
    }
    throw run_error(fmt::format("{}: no USB adapter with serial number '{}' is plugged in{}", url.text(), usb_serial,
                                there.empty() ? "; there is none at all" : fmt::format("; there are: {}", fmt::join(there, " "))));
}

SourceUrl with_path(const SourceUrl& url, Ports& ports) {
    if (!url.address().starts_with(kByUsbSerial)) return url;
    return url.with_address(path_of(url.address().substr(kByUsbSerial.size()), url, ports));
}

}  // namespace

const Driver& driver_of(const SourceUrl& url) {
    std::vector<std::string_view> schemes;
    for (const Driver* driver : drivers()) {
        if (driver->scheme == url.scheme()) return *driver;
        schemes.push_back(driver->scheme);
    }
    const std::string near = nearest(url.scheme(), schemes);
    throw usage_error(fmt::format("{}: there is no driver '{}'{}; there are: {}{}{}", url.text(), url.scheme(),
                                  near.empty() ? "" : fmt::format(", did you mean '{}'?", near), fmt::join(schemes, " "),
                                  refused_plugins().empty() ? "" : "; of TONUS_DRIVER_PATH, ", fmt::join(refused_plugins(), "; ")));
}

std::unique_ptr<Device> open_device(const std::string& text, Ports& ports, const std::atomic<bool>* stop) {
    const SourceUrl url{text};
    const Driver& driver = driver_of(url);
    url.refuse_unknown(driver.options);
    const SourceUrl found = with_path(url, ports);
    std::unique_ptr<Device> device = open_by(driver, found, ports);
    if (device->pacing() != Pacing::live) return device;

    // A cable that is pulled and plugged in again may get another name; the adapter keeps its number.
    const std::string identity = port_identity(ports, found.address());
    const SourceUrl again = identity == found.address() ? found : url.with_address(std::string{kByUsbSerial} + identity);
    const auto hasty = std::make_shared<ReopeningPorts>(ports, stop);
    const auto reopen = [&driver, again, hasty](const ReconnectingDevice::Check& check) {
        hasty->set_opening(true);
        std::unique_ptr<Device> opened = open_by(driver, with_path(again, *hasty), *hasty);
        check(*opened);
        opened->start();
        hasty->set_opening(false);
        return opened;
    };
    return std::make_unique<ReconnectingDevice>(std::move(device), reopen, ports.clock());
}

}  // namespace tonus
