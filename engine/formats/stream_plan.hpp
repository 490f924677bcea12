#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/formats/signal.hpp"

namespace tonus::formats {

/// Signals of a file that are sampled together.
struct SignalGroup {
    Rate rate = {};
    SampleType type = SampleType::float64;
    std::string name = {};  ///< as the file names it; the kind's name where it does not
    std::vector<Signal> signals = {};
};

/// A stream to be, and where its channels come from.
struct PlannedStream {
    StreamInfo info = {};
    std::size_t group = 0;
    std::vector<std::size_t> signals = {};  ///< in the group, in the order of the channels
};

/// Makes streams of groups: one for each kind in each group. Signals without a label are called ch1,
/// ch2 ... over the whole file. Throws Error (usage) as settle_kinds and chosen_channels do.
std::vector<PlannedStream> plan_streams(std::vector<SignalGroup> groups, const ReadOptions& options,
                                        const std::string& path, std::vector<std::string>& notes);

/// The rate that the options give a file which says none. Throws Error (usage) saying how to.
Rate rate_from_options(const ReadOptions& options, const std::string& path, const std::string& what);

/// Refuses a rate in the options that differs from the file's own. Throws Error (usage).
void refuse_other_rate(const ReadOptions& options, const Rate& rate, const std::string& path);

/// The infos alone.
std::vector<StreamInfo> infos_of(const std::vector<PlannedStream>& planned);

}  // namespace tonus::formats
