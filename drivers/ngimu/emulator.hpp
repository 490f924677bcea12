#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::ngimu {

std::span<const DriverOption> emulator_options() noexcept;

/// An NGIMU that sends by Wi-Fi or over its USB line, as page `protocols/imus` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::ngimu
