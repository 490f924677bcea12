#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// One signal of an EDF header.
struct EdfSignal {
    std::string label;
    std::string unit;
    double physical_min = 0.0;
    double physical_max = 0.0;
    std::int32_t digital_min = 0;
    std::int32_t digital_max = 0;
    std::uint64_t n_samples = 0;       ///< per record
    std::uint64_t first_byte = 0;      ///< in the record
    std::uint64_t header_byte = 0;     ///< of its digital minimum, for messages
    bool annotations = false;
};

/// The head of an EDF or BDF file, checked: sums fit, the record is within limits.
struct EdfHeader {
    std::string variant;               ///< "EDF", "EDF+C", "EDF+D", "BDF" ...
    std::size_t sample_bytes = 2;      ///< 3 in BDF
    bool discontinuous = false;
    std::string start;                 ///< "2011-04-04T12:57:02", or empty
    std::optional<std::uint64_t> n_records = {};  ///< nothing when it was not known on writing
    double record_s = 0.0;
    std::string record_s_text;         ///< exact
    std::vector<EdfSignal> signals;
    std::uint64_t header_bytes = 0;
    std::uint64_t record_bytes = 0;
    std::vector<std::string> notes;
};

/// Reads and checks a header. Throws Error (input) with the byte and what would mend it.
EdfHeader read_edf_header(const RecordingFile& recording);

/// Samples per record over the record's duration, exact where the header's decimal number is.
/// Throws Error (input) for a rate that cannot be.
Rate edf_rate(const EdfHeader& header, const EdfSignal& signal, const std::string& path);

/// "FILE: byte 236: what is wrong; what would mend it".
Error damaged(const std::string& path, std::uint64_t byte, const std::string& what,
              const std::string& mend);

}  // namespace tonus::formats
