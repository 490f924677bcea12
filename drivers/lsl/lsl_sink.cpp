#include "drivers/lsl/lsl_sink.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/tick.hpp"
#include "engine/sinks/events_file.hpp"
#include "engine/sinks/results_stream.hpp"

namespace tonus::lsl {
namespace {

constexpr std::int32_t kBufferS = 30;  // for peers that stop listening
constexpr std::int32_t kAtOnce = 1;

}  // namespace

LslSink::~LslSink() {
    if (results_ != nullptr) api_.destroy_outlet(results_);
    if (events_ != nullptr) api_.destroy_outlet(events_);
}

Outlet LslSink::make(const std::string& name, const char* type, std::span<const ChannelInfo> channels, double rate_hz, ValueFormat format) const {
    const Info info = api_.create_streaminfo(name.c_str(), type, static_cast<std::int32_t>(channels.size()), rate_hz, format, ("tonus:" + name).c_str());
    if (info == nullptr) throw usage_error(fmt::format("liblsl takes no stream of the name '{}': give --lsl-out another", name));
    const Node desc = api_.get_desc(info);
    const Node list = api_.append_child(desc, "channels");
    for (const ChannelInfo& channel : channels) {
        const Node node = api_.append_child(list, "channel");
        api_.append_child_value(node, "label", channel.label.c_str());
        api_.append_child_value(node, "unit", channel.unit.c_str());
        api_.append_child_value(node, "type", type);
    }
    const Node acquisition = api_.append_child(desc, "acquisition");
    api_.append_child_value(acquisition, "manufacturer", "Tonus");
    const Node ours = api_.append_child(desc, "tonus");
    for (const auto& [field, value] : {std::pair{"limit_mvc", static_cast<double>(session_.limit_mvc)}, {"release_mvc", static_cast<double>(session_.release_mvc)},
                                       {"envelope_delay_s", session_.envelope_delay_s}, {"flag_delay_s", session_.flag_delay_s}}) {
        api_.append_child_value(ours, field, fmt::format("{:g}", value).c_str());
    }
    api_.append_child_value(ours, "load_states", "0 under, 1 over, 2 unknown");
    const Outlet outlet = api_.create_outlet(info, 0, kBufferS);
    api_.destroy_streaminfo(info);
    if (outlet == nullptr) throw run_error(fmt::format("liblsl cannot offer the stream '{}': are its ports 16572 to 16604 free?", name));
    return outlet;
}

void LslSink::begin(const SessionInfo& session) {
    session_ = session;
    values_.reserve(results_stream(session).channels.size());
    for (const StreamInfo& stream : session.streams) streams_.push_back(stream.name);
    for (const SessionInfo::Channel& channel : session.channels) channels_.push_back(channel.name);
    results_ = make(name_, "Activation", results_stream(session).channels, static_cast<double>(kTicksPerSecond), ValueFormat::float32);
    events_ = make(name_ + "_events", "Markers", std::vector<ChannelInfo>{{.label = "event", .unit = ""}}, 0.0, ValueFormat::string);
    session_began_s_ = std::numeric_limits<double>::infinity();
}

void LslSink::row(const ResultRow& row) noexcept {
    // Rows come here a little late and never early, so the earliest so far says when the session began.
    const double arrival_s = static_cast<double>(row.arrival_ns) * 1e-9;
    session_began_s_ = std::min(session_began_s_, api_.local_clock() - arrival_s);
    last_stamp_s_ = std::max(last_stamp_s_, session_began_s_ + arrival_s);
    values_.clear();
    append_results(session_, row, values_);
    api_.push_sample_ftp(results_, values_.data(), last_stamp_s_, kAtOnce);
}

void LslSink::event(const Event& event) noexcept {
    const std::string json = event_json(event, streams_, channels_);
    const char* text = json.c_str();
    api_.push_sample_strtp(events_, &text, api_.local_clock(), kAtOnce);
}

}  // namespace tonus::lsl
