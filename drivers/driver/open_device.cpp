#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "engine/core/suggest.hpp"

namespace tonus {

std::unique_ptr<Device> open_device(const std::string& text) {
    const SourceUrl url{text};
    std::vector<std::string_view> schemes;
    for (const Driver* driver : drivers()) {
        if (driver->scheme == url.scheme()) {
            url.refuse_unknown(driver->options);
            return driver->open(url);
        }
        schemes.push_back(driver->scheme);
    }
    const std::string near = nearest(url.scheme(), schemes);
    throw usage_error(fmt::format("{}: there is no driver '{}'{}; there are: {}", text, url.scheme(),
                                  near.empty() ? "" : fmt::format(", did you mean '{}'?", near),
                                  fmt::join(schemes, " ")));
}

}  // namespace tonus
