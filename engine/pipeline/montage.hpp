#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/condition/conditioner.hpp"
#include "engine/pipeline/session.hpp"

namespace tonus {

/// Where the signal of a session's channel is found: a stream of all devices' streams, numbered
/// through, and its channel.
struct ChannelPlace {
    std::size_t stream = 0;
    std::size_t lane = 0;
};

/// Finds each session channel's input among the EMG channels of its source.
/// Throws Error naming the channel, what was asked for and the inputs there are.
std::vector<ChannelPlace> find_channels(std::span<const std::span<const StreamInfo>> devices,
                                        const Session& session);

/// The band-pass profile of a channel under the session's setting.
Profile profile_of(const SessionChannel& channel, const std::string& setting);

/// What a reference depends on besides its electrodes: the device's settings, the rate, the filters.
std::string reference_settings(const StreamInfo& stream, const Session& session);

/// Inputs that carry EMG and are in no channel of the session, by label.
std::vector<std::string> unused_inputs(std::span<const std::span<const StreamInfo>> devices,
                                       std::span<const ChannelPlace> places);

}  // namespace tonus
