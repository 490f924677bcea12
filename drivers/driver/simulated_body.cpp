#include <algorithm>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/emulator.hpp"

namespace tonus {

EmulatedBody simulated_body(const std::string& options, double rate_hz, std::size_t n_channels) {
    constexpr double kRateHzMin = 100.0;  // of sim:
    const std::size_t n_simulated = n_channels <= 4 ? 4 : n_channels <= 8 ? 8 : 16;
    const std::string url = fmt::format("sim:?imu=on&packet=1&rate={}&channels={}{}{}", std::max(rate_hz, kRateHzMin),
                                        n_simulated, options.empty() ? "" : "&", options);
    return EmulatedBody{open_device(url)};
}

}  // namespace tonus
