#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/driver/source_url.hpp"
#include "drivers/otb/decoder.hpp"
#include "engine/core/rate.hpp"

namespace tonus::otb {

/// What is to be said to a device, and what it will send then.
struct Setup {
    std::string model = {};
    bool dials_in = true;  ///< it connects to us; otherwise we to it
    std::uint16_t port = 0;
    Rate rate{2000, 1};
    double nanovolts_per_count = 0.0;
    double auxiliary_volts_per_count = 0.0;
    std::vector<std::uint8_t> start = {}, stop = {};  ///< commands
    std::vector<Layout> layouts = {};       ///< that it may have; firmware differs
    std::string settings = {};                   ///< what a reference depends on
};

/// Throws Error for an option that the model does not have.
Setup parse_setup(const SourceUrl& url);

}  // namespace tonus::otb
