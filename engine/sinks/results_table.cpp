#include "engine/sinks/results_table.hpp"

#include <algorithm>
#include <cmath>

#include "engine/sinks/decimal.hpp"

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
    if (session.form != SessionInfo{}.form) {
        form_ = "," + session.form;
        out_.text(",form");
    }
    out_.text("\n");
}

void ResultsTable::value(bool valid, float value, int digits) {
    line_.push_back(',');
    if (!valid) return;
    const std::size_t begin = line_.size();
    line_.resize(begin + kDecimalBytesMax);
    line_.resize(static_cast<std::size_t>(write_significant(line_.data() + begin, value, digits) - line_.data()));
}

void ResultsTable::value(const Status& status, float number) { value(status.state == ValueState::valid, number); }

void ResultsTable::group(const GroupEstimate& group) {
    for (const float number : {group.value, group.low, group.high}) value(group.valid, number);
    value(group.valid, group.confidence, 4);
}

/// Empty while nothing vibrates: then the value is the value.
void ResultsTable::bounds(const ResultRow& row) {
    line_.append(row.is_estimate() ? ",1" : ",0");
    for (const ChannelResult& channel : row.channels) {
        const bool valid = channel.estimate && channel.mvc_status.state == ValueState::valid;
        value(valid, channel.combed_mvc);
        value(valid, channel.uncombed_mvc);
    }
}

void ResultsTable::row(const ResultRow& row) noexcept {
    // Ticks end on hundredths of a second.
    const auto hundredths = static_cast<unsigned long long>(std::llround(row.time_s * 100.0));
    line_.resize(kDecimalBytesMax);
    line_.resize(static_cast<std::size_t>(write_hundredths(line_.data(), hundredths) - line_.data()));
    for (const ChannelResult& channel : row.channels) value(channel.mvc_status, channel.mvc);
    group(row.groups.local);
    group(row.groups.global);
    const RatioEstimate& ratio = row.groups.ratio;
    for (const float number : {ratio.value, ratio.low, ratio.high}) value(ratio.valid, number);
    line_.append(",").append(load_state_name(row.load)).append(",").append(reason_name(row.load_reason));
    if (with_template_) {
        for (const ChannelResult& channel : row.channels) value(channel.template_status, channel.template_mvc);
    }
    if (with_vibration_) bounds(row);
    for (const std::size_t m : muscles_) value(row.channels[m].muscle_status, row.channels[m].muscle_mvc);
    if (with_unmixed_) {
        for (const ChannelResult& channel : row.channels) value(channel.unmixed_status, channel.unmixed_mvc);
    }
    line_ += form_;
    line_.push_back('\n');
    out_.text(line_);
}

}  // namespace tonus
