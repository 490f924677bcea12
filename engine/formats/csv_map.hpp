#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/device/stream_info.hpp"

namespace tonus {

/// A column as a person describes it.
struct CsvColumn {
    std::string input = {};               ///< its heading, or its number from 1
    std::string name = {};                ///< label of the channel; empty: as the heading says
    std::string unit = {};                ///< empty: as the heading says
    double scale = 1.0;                   ///< value in that unit = number in the cell * scale + offset
    double offset = 0.0;
    std::optional<StreamKind> kind = {};  ///< nothing: as unit and heading say
};

/// What a person says of a text table that explains itself nowhere: the CSV of a lab. Lines count as in an
/// editor, empty ones too.
struct CsvMap {
    std::optional<char> delimiter = {};  ///< ' ' for any run of spaces and tabs; nothing: found in the first row
    bool decimal_comma = false;          ///< "0,5"
    std::uint64_t heading_line = 0;      ///< from 1; 0: there are no headings
    std::uint64_t data_line = 0;         ///< of the first row of numbers, from 1; 0: the one after the headings
    std::string time = {};               ///< column of the times; empty: rows are even, and the rate is given
    double time_unit_s = 1.0;
    std::vector<CsvColumn> columns = {}; ///< in any order; all but the times when empty
};

}  // namespace tonus
