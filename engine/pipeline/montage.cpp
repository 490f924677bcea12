#include "engine/pipeline/montage.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

struct Input {
    std::size_t stream;
    std::size_t lane;
    std::string_view label;
};

std::vector<Input> emg_inputs(std::span<const StreamInfo> streams, std::size_t first_stream) {
    std::vector<Input> inputs;
    for (std::size_t s = 0; s < streams.size(); ++s) {
        if (streams[s].kind != StreamKind::emg) continue;
        for (std::size_t lane = 0; lane < streams[s].channels.size(); ++lane) {
            inputs.push_back({first_stream + s, lane, streams[s].channels[lane].label});
        }
    }
    return inputs;
}

std::string listing(const std::vector<Input>& inputs) {
    std::string text;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        text += fmt::format("{}{} {}", i == 0 ? "" : ", ", i + 1, inputs[i].label);
    }
    return text;
}

const Input* find_input(const std::vector<Input>& inputs, const std::string& wanted) {
    for (const Input& input : inputs) {
        if (input.label == wanted) return &input;
    }
    std::size_t number = 0;
    const auto [end, code] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    const bool is_number = code == std::errc{} && end == wanted.data() + wanted.size();
    return is_number && number >= 1 && number <= inputs.size() ? &inputs[number - 1] : nullptr;
}

}  // namespace

std::vector<ChannelPlace> find_channels(std::span<const std::span<const StreamInfo>> devices,
                                        const Session& session) {
    std::vector<std::vector<Input>> inputs;
    std::size_t first_stream = 0;
    for (const std::span<const StreamInfo> streams : devices) {
        inputs.push_back(emg_inputs(streams, first_stream));
        first_stream += streams.size();
    }
    std::vector<ChannelPlace> places;
    for (const SessionChannel& channel : session.channels) {
        const std::string who = fmt::format("{}channel '{}'",
                                            session.path.empty() ? "" : session.path + ": ", channel.name);
        if (channel.source >= inputs.size()) {
            throw usage_error(fmt::format("{}: source {} is not there; there {} {}, counted from 0",
                                          who, channel.source, inputs.size() == 1 ? "is" : "are",
                                          inputs.size()));
        }
        const std::vector<Input>& there = inputs[channel.source];
        const Input* input = find_input(there, channel.input);
        if (input == nullptr) {
            throw usage_error(fmt::format(
                "{}: input '{}' is not in source {}; its EMG inputs are: {}", who, channel.input,
                channel.source, there.empty() ? "none" : listing(there)));
        }
        places.push_back({input->stream, input->lane});
    }
    return places;
}

Profile profile_of(const SessionChannel& channel, const std::string& setting) {
    if (setting == "general") return Profile::general;
    if (setting == "trunk_ecg") return Profile::trunk_ecg;
    if (setting == "spectral") return Profile::spectral;
    if (setting == "vibration") return Profile::vibration;
    return profile_for_site(channel.site);
}

std::string reference_settings(const StreamInfo& stream, const Session& session) {
    return fmt::format("{}{}rate={}/{};profile={};mains={}{}", stream.settings, stream.settings.empty() ? "" : ";", stream.rate.num,
                       stream.rate.den, session.profile, session.mains, session.whitening ? ";whitening=model" : "");
}

std::vector<std::string> unused_inputs(std::span<const std::span<const StreamInfo>> devices,
                                       std::span<const ChannelPlace> places) {
    std::vector<std::string> unused;
    std::size_t first_stream = 0;
    for (const std::span<const StreamInfo> streams : devices) {
        for (const Input& input : emg_inputs(streams, first_stream)) {
            const bool used = std::any_of(places.begin(), places.end(), [&](const ChannelPlace& p) {
                return p.stream == input.stream && p.lane == input.lane;
            });
            if (!used) unused.emplace_back(input.label);
        }
        first_stream += streams.size();
    }
    return unused;
}

}  // namespace tonus
