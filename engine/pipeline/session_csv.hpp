#pragma once

#include <optional>
#include <string>

#include "engine/formats/csv_map.hpp"
#include "engine/pipeline/config_table.hpp"

namespace tonus {

/// The [source.csv] of a [[source]], nothing where there is none. Throws Error as load_session() does.
std::optional<CsvMap> read_csv_map(const toml::table& source, const std::string& path);

}  // namespace tonus
