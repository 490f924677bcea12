#pragma once

#include <string>
#include <span>
#include <vector>

#include "drivers/lsl/liblsl.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus::lsl {

/// Offers the results and the events of a session to every LSL program in the network, as two streams:
/// NAME (type Activation, float32, 100 Hz, the columns of the results table) and NAME_events (type
/// Markers, one JSON object a sample). Columns, limits and delays are in their descriptions.
///
/// Time     stamps are when the last frame of a row arrived, on this machine's LSL clock: what the muscle
///          did lies before it by the delays in the description.
/// Threads  one, the sink's own. Slow peers lose rows in liblsl, and slow nobody.
class LslSink final : public Sink {
public:
    LslSink(const Liblsl& api, std::string name) : api_(api), name_(std::move(name)) {}
    ~LslSink() override;
    LslSink(const LslSink&) = delete;
    LslSink& operator=(const LslSink&) = delete;

    std::string_view name() const noexcept override { return "lsl"; }
    bool keeps_data() const noexcept override { return false; }

    void begin(const SessionInfo& session) override;
    void row(const ResultRow& row) noexcept override;
    void event(const Event& event) noexcept override;
    void end(const RunSummary&) override {}

private:
    Outlet make(const std::string& name, const char* type, std::span<const ChannelInfo> channels, double rate_hz, ValueFormat format) const;

    const Liblsl& api_;
    std::string name_;
    SessionInfo session_;
    std::vector<float> values_;
    std::vector<std::string> streams_, channels_;
    Outlet results_ = nullptr, events_ = nullptr;
    double session_began_s_ = 0.0;  // by LSL's clock: no later than any row has shown
    double last_stamp_s_ = 0.0;
};

}  // namespace tonus::lsl
