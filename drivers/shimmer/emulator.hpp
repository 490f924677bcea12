#pragma once

#include <memory>
#include <span>

#include "drivers/driver/emulator.hpp"

namespace tonus::shimmer {

std::span<const DriverOption> emulator_options() noexcept;

/// A Shimmer3 with LogAndStream on a serial line, as page `protocols/shimmer3` describes it.
std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body);

}  // namespace tonus::shimmer
