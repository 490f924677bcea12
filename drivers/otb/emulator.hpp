#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::otb {

std::span<const DriverOption> emulator_options() noexcept;

/// A Muovi, Sessantaquattro or Quattrocento, as page `protocols/otb` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::otb
