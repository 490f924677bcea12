#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::ximu3 {

std::span<const DriverOption> emulator_options() noexcept;

/// An x-IMU3 on a serial line, as page `protocols/imus` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::ximu3
