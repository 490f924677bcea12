#include "engine/sinks/results_stream.hpp"

#include <limits>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

float value_of(const Status& status, float value) noexcept { return status.state == ValueState::valid ? value : kUndefined; }

void append_group(const GroupEstimate& group, std::vector<float>& values) {
    for (const float value : {group.value, group.low, group.high, group.confidence}) values.push_back(group.valid ? value : kUndefined);
}

}  // namespace

StreamInfo results_stream(const SessionInfo& session) {
    StreamInfo info{.name = "tonus_results", .kind = StreamKind::other, .rate = {kTicksPerSecond, 1}, .type = SampleType::float32, .device_id = "tonus_results"};
    const auto column = [&](std::string label, const char* unit) { info.channels.push_back({.label = std::move(label), .unit = unit}); };
    for (const SessionInfo::Channel& channel : session.channels) column(channel.name + "_mvc", "MVC");
    for (const char* group : {"local", "global"}) {
        for (const char* what : {"mvc", "mvc_low", "mvc_high"}) column(fmt::format("{}_{}", group, what), "MVC");
        column(fmt::format("{}_confidence", group), "");
    }
    for (const char* what : {"local_global_ratio", "local_global_ratio_low", "local_global_ratio_high", "load_state", "load_reason"}) column(what, "");
    for (const SessionInfo::Channel& channel : session.channels) {
        if (session.ecg_template) column(channel.name + "_mvc_template", "MVC");
        if (session.vibration) column(channel.name + "_mvc_combed", "MVC");
        if (session.vibration) column(channel.name + "_mvc_uncombed", "MVC");
        if (!channel.part_of.empty()) column(channel.part_of + "_of_" + channel.name + "_mvc", "MVC");
        if (session.unmixed) column(channel.name + "_mvc_unmixed", "MVC");
    }
    return info;
}

std::string results_states_xml() {
    std::string xml = "<states>";
    for (const LoadState state : {LoadState::under, LoadState::over, LoadState::unknown}) {
        xml += fmt::format("<load_state><value>{}</value><name>{}</name></load_state>", static_cast<int>(state), load_state_name(state));
    }
    for (int reason = 0; reason <= static_cast<int>(Reason::no_group); ++reason) {
        xml += fmt::format("<load_reason><value>{}</value><name>{}</name></load_reason>", reason, reason_name(static_cast<Reason>(reason)));
    }
    return xml + "</states>";
}

void append_results(const SessionInfo& session, const ResultRow& row, std::vector<float>& values) {
    for (const ChannelResult& channel : row.channels) values.push_back(value_of(channel.mvc_status, channel.mvc));
    append_group(row.groups.local, values);
    append_group(row.groups.global, values);
    const RatioEstimate& ratio = row.groups.ratio;
    for (const float value : {ratio.value, ratio.low, ratio.high}) values.push_back(ratio.valid ? value : kUndefined);
    values.push_back(static_cast<float>(row.load));
    values.push_back(static_cast<float>(row.load_reason));
    for (std::size_t ch = 0; ch < row.channels.size(); ++ch) {
        const ChannelResult& channel = row.channels[ch];
        const bool bounded = channel.estimate && channel.mvc_status.state == ValueState::valid;
        if (session.ecg_template) values.push_back(value_of(channel.template_status, channel.template_mvc));
        if (session.vibration) values.push_back(bounded ? channel.combed_mvc : kUndefined);
        if (session.vibration) values.push_back(bounded ? channel.uncombed_mvc : kUndefined);
        if (!session.channels[ch].part_of.empty()) values.push_back(value_of(channel.muscle_status, channel.muscle_mvc));
        if (session.unmixed) values.push_back(value_of(channel.unmixed_status, channel.unmixed_mvc));
    }
}

}  // namespace tonus
