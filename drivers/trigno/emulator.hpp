#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::trigno {

std::span<const DriverOption> emulator_options() noexcept;

/// The SDK server with its sensors, as page `protocols/trigno` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::trigno
