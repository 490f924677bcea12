#pragma once

#include <cstring>
#include <vector>

#include "engine/sinks/result_ring.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus::test {

/// Keeps every row and event of a run.
class CollectingSink final : public Sink, public ResultPort {
public:
    struct Row {
        ResultRow row;
        std::vector<ChannelResult> channels;
    };

    std::string_view name() const noexcept override { return "collecting"; }
    void begin(const SessionInfo& info) override { session = info; }
    void row(const ResultRow& from) noexcept override {
        rows.push_back({from, {from.channels.begin(), from.channels.end()}});
        rows.back().row.channels = {};
    }
    void event(const Event& from) noexcept override { events.push_back(from); }
    void end(const RunSummary& from) override { summary = from; }

    std::size_t count(EventKind kind) const {
        std::size_t n = 0;
        for (const Event& event : events) n += event.kind == kind ? 1u : 0u;
        return n;
    }

    SessionInfo session;
    RunSummary summary;
    std::vector<Row> rows;
    std::vector<Event> events;
};

/// Every bit that a user could see of a row, its arrival aside.
inline std::vector<double> visible(const CollectingSink::Row& row) {
    std::vector<double> v{static_cast<double>(row.row.tick), row.row.time_s,
                          static_cast<double>(row.row.load), static_cast<double>(row.row.load_reason)};
    const auto add = [&v](float value) { v.push_back(static_cast<double>(value)); };
    for (const GroupEstimate* g : {&row.row.groups.local, &row.row.groups.global}) {
        v.push_back(g->valid ? 1.0 : 0.0);
        v.push_back(static_cast<double>(g->reason));
        for (const float value : {g->value, g->low, g->high, g->confidence}) add(value);
    }
    add(row.row.groups.ratio.value);
    for (const ChannelResult& channel : row.channels) {
        for (const float value : {channel.rms_uv, channel.mvc, channel.mdf_hz, channel.mnf_hz}) add(value);
        v.push_back(static_cast<double>(channel.mvc_status.state));
        v.push_back(static_cast<double>(channel.mvc_status.reason));
        v.push_back(channel.mvc_status.saturated ? 1.0 : 0.0);
        add(channel.mvc_status.valid_fraction);
        v.push_back(channel.estimate ? 1.0 : 0.0);
        for (const float value : {channel.combed_mvc, channel.uncombed_mvc}) add(value);
    }
    return v;
}

/// Bit-identical, NaN and all: memcmp, not ==.
inline bool same_bits(const CollectingSink& a, const CollectingSink& b) {
    if (a.rows.size() != b.rows.size() || a.events.size() != b.events.size()) return false;
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
        const std::vector<double> x = visible(a.rows[i]), y = visible(b.rows[i]);
        if (x.size() != y.size() || std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) != 0) return false;
    }
    for (std::size_t i = 0; i < a.events.size(); ++i) {
        const Event &x = a.events[i], &y = b.events[i];
        if (x.kind != y.kind || x.time_s != y.time_s || x.n_frames != y.n_frames || x.cause != y.cause || x.value != y.value) return false;
    }
    return true;
}

}  // namespace tonus::test
