#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::text {

std::span<const DriverOption> emulator_options() noexcept;

/// A board that prints its converter's steps, as page `protocols/serial-text` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::text
