#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::cyton {

std::span<const DriverOption> emulator_options() noexcept;

/// A Cyton with its dongle on a serial line, as page `protocols/cyton` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::cyton
