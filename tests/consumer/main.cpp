// Opens the simulated subject through the installed library and says what it sends: enough to
// prove that headers, libraries, dependencies and the table of drivers have all been installed.
#include <exception>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"

int main() {
    try {
        const auto device = tonus::open_device("sim:?duration=2");
        for (const tonus::StreamInfo& stream : device->streams()) {
            fmt::print("{}: {} channels at {} Hz\n", stream.name, stream.channels.size(),
                       stream.rate.hz());
        }
        return device->streams().empty() ? 1 : 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
