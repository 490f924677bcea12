#pragma once

#include "drivers/driver/source_url.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus {

/// The options of "file:squat.csv?rate=1000&unit=mV". Throws Error (usage) for one that is not known or
/// has no meaning.
ReadOptions read_options_of(const SourceUrl& url);

}  // namespace tonus
