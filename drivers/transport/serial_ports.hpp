#pragma once

#include <string>
#include <vector>

#include "drivers/transport/ports.hpp"

namespace tonus {

/// The serial ports with hardware behind them, as the kernel lists them; in order of their names.
/// Quick, and opens nothing.
/// @param class_folder  "/sys/class/tty"; a test gives its own
/// @param device_folder "/dev"
std::vector<SerialPort> find_serial_ports(const std::string& class_folder, const std::string& device_folder);

}  // namespace tonus
