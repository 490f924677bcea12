#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::bitalino {

std::span<const DriverOption> emulator_options() noexcept;

/// A BITalino on a serial line, as page `protocols/bitalino` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::bitalino
