#pragma once

#include <string>

#include "engine/load/contractions.hpp"
#include "engine/sinks/text_writer.hpp"

namespace tonus {

/// Contractions as CSV, one row each, in the order in which their ends were decided:
///   channel, onset_s, offset_s, onset_decided_s, offset_decided_s, detector
/// Seconds from the first frame of the channel's stream. One that had not ended has no offset.
class ContractionsTable {
public:
    /// Throws Error when the file cannot be made.
    ContractionsTable(Files& files, const std::string& path, OnsetMethod method);

    void add(const std::string& channel, Rate rate, const Contraction& contraction);

    /// Throws Error when the disk refused.
    void close() { out_.close(); }

private:
    void moment(Rate rate, const std::optional<std::uint64_t>& sample);

    TextWriter out_;
    OnsetMethod method_;
};

}  // namespace tonus
