#include "drivers/transport/serial_ports.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace tonus {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
    std::ifstream in{file};
    std::string line;
    std::getline(in, line);
    return line;
}

/// The USB device that a tty hangs on: the first folder above it that has a product number.
fs::path usb_device_of(const fs::path& tty) {
    std::error_code error;
    fs::path folder = fs::canonical(tty / "device", error);
    for (int level = 0; level < 6 && !error && folder.has_relative_path(); ++level) {
        if (fs::exists(folder / "idProduct", error)) return folder;
        folder = folder.parent_path();
    }
    return {};
}

/// Built-in ports are listed whether there is a chip behind them or not; type 0 is none.
bool has_hardware(const fs::path& tty) {
    std::error_code error;
    return fs::exists(tty / "device", error) && first_line(tty / "type") != "0";
}

}  // namespace

std::vector<SerialPort> find_serial_ports(const std::string& class_folder, const std::string& device_folder) {
    std::vector<SerialPort> ports;
    std::error_code error;
    for (fs::directory_iterator it{class_folder, error}, end; !error && it != end; it.increment(error)) {
        if (!has_hardware(it->path())) continue;
        SerialPort port{.path = (fs::path{device_folder} / it->path().filename()).string(), .usb_serial = {}, .product = {}};
        if (const fs::path usb = usb_device_of(it->path()); !usb.empty()) {
            port.usb_serial = first_line(usb / "serial");
            port.product = first_line(usb / "product");
        }
        ports.push_back(std::move(port));
    }
    std::sort(ports.begin(), ports.end(), [](const SerialPort& a, const SerialPort& b) { return a.path < b.path; });
    return ports;
}

}  // namespace tonus
