#include "engine/sinks/results_table.hpp"

#include <algorithm>

namespace tonus {

void ResultsTable::begin(const SessionInfo& session) {
    out_.text("time_s");
    for (const SessionInfo::Channel& channel : session.channels) out_.print(",{}_mvc", channel.name);
    for (const char* group : {"local", "global"}) {
        out_.print(",{0}_mvc,{0}_mvc_low,{0}_mvc_high,{0}_confidence", group);
    }
    out_.text(
        ",local_global_ratio,local_global_ratio_low,local_global_ratio_high"
        ",load_state,load_reason");
    with_template_ = session.ecg_template;
    if (with_template_) {
        for (const SessionInfo::Channel& channel : session.channels) out_.print(",{}_mvc_template", channel.name);
    }
    with_vibration_ = session.vibration;
    if (with_vibration_) {
        out_.text(",estimate");
        for (const SessionInfo::Channel& channel : session.channels) out_.print(",{0}_mvc_combed,{0}_mvc_uncombed", channel.name);
    }
    muscles_.clear();
    for (std::size_t m = 0; m < session.channels.size(); ++m) {
        const std::string& name = session.channels[m].part_of;
        const auto same = [&](std::size_t other) { return session.channels[other].part_of == name; };
        if (name.empty() || std::any_of(muscles_.begin(), muscles_.end(), same)) continue;
        muscles_.push_back(m);
        out_.print(",{}_mvc", name);
    }
    with_unmixed_ = session.unmixed;
    if (with_unmixed_) {
        for (const SessionInfo::Channel& channel : session.channels) out_.print(",{}_mvc_unmixed", channel.name);
    }
    out_.text("\n");
}

void ResultsTable::value(const Status& status, float value) {
    if (status.state == ValueState::valid) out_.print(",{:.7g}", value);
    else out_.text(",");
}

void ResultsTable::group(const GroupEstimate& group) {
    if (!group.valid) {
        out_.text(",,,,");
        return;
    }
    out_.print(",{:.7g},{:.7g},{:.7g},{:.4g}", group.value, group.low, group.high, group.confidence);
}

/// Empty while nothing vibrates: then the value is the value.
void ResultsTable::bounds(const ResultRow& row) {
    out_.text(row.is_estimate() ? ",1" : ",0");
    for (const ChannelResult& channel : row.channels) {
        if (channel.estimate && channel.mvc_status.state == ValueState::valid) out_.print(",{:.7g},{:.7g}", channel.combed_mvc, channel.uncombed_mvc);
        else out_.text(",,");
    }
}

void ResultsTable::row(const ResultRow& row) noexcept {
    out_.print("{:.2f}", row.time_s);
    for (const ChannelResult& channel : row.channels) value(channel.mvc_status, channel.mvc);
    group(row.groups.local);
    group(row.groups.global);
    if (row.groups.ratio.valid) {
        const RatioEstimate& ratio = row.groups.ratio;
        out_.print(",{:.7g},{:.7g},{:.7g}", ratio.value, ratio.low, ratio.high);
    } else {
        out_.text(",,,");
    }
    out_.print(",{},{}", load_state_name(row.load), reason_name(row.load_reason));
    if (with_template_) {
        for (const ChannelResult& channel : row.channels) value(channel.template_status, channel.template_mvc);
    }
    if (with_vibration_) bounds(row);
    for (const std::size_t m : muscles_) value(row.channels[m].muscle_status, row.channels[m].muscle_mvc);
    if (with_unmixed_) {
        for (const ChannelResult& channel : row.channels) value(channel.unmixed_status, channel.unmixed_mvc);
    }
    out_.text("\n");
}

}  // namespace tonus
