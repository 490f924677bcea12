#pragma once

#include "drivers/driver/source_url.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus {

/// The options of "file:squat.csv?rate=1000&unit=mV". Throws Error (usage) for one that is not known or
/// has no meaning.
ReadOptions read_options_of(const SourceUrl& url);

/// Opens "file:squat.csv" as open_device() does, a table of which `csv` says what it is: no address holds as
/// much. Throws Error, also for what is no file.
std::unique_ptr<Device> open_mapped(const SourceUrl& url, const CsvMap& csv);

}  // namespace tonus
