#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/activation/activation.hpp"
#include "engine/load/group_cusum.hpp"
#include "engine/pipeline/emg_chain.hpp"
#include "engine/pipeline/montage.hpp"

namespace tonus {

// What each stage is told by a session. Set-up: these allocate.

/// Per montage channel, of ECG path A or of path B.
std::vector<std::optional<MvcReference>> references_of(const Session& session, bool of_template);

/// The resting level of each montage channel; 0 where it has no usable reference.
std::vector<double> rest_levels_of(const Session& session);

ActivationConfig activation_of(const Session& session);

/// Engine B between the levels that the limit lies between as a third lies between 30 and 37 %.
CusumFlagConfig cusum_config(const Session& session, const Rate& rate);
std::vector<CusumChannel> cusum_channels(const Session& session);

/// The chain of one stream, of whose lanes the session's channels use some.
EmgChainConfig chain_config(const StreamInfo& stream, std::size_t stream_index, std::span<const ChannelPlace> places,
                            const Session& session);

/// Why a reference may not fit what is measured now; empty when it does.
std::string reference_doubt(const SessionChannel& channel, const StreamInfo& stream, const Session& session);

/// Why whitening does a channel no good; empty when it does, or is off.
std::string whitening_doubt(const SessionChannel& channel, const StreamInfo& stream, const Session& session);

}  // namespace tonus
