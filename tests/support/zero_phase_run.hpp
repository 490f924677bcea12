#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/pipeline/run_zero_phase.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus::test {

/// References that are near the subject's, and no search for hum.
inline Session session_for(const std::string& url) {
    const auto device = open_device(url);
    Session session = session_with_references(*device, {100, 100, 120, 120}, 2.5);
    session.mains = "off";
    return session;
}

inline RunSummary run_into(const std::string& url, const Session& session, Sink& sink, const ZeroPhaseOptions& options = {}) {
    const std::unique_ptr<Device> device = open_device(url);
    Device* const devices[] = {device.get()};
    Sink* const sinks[] = {&sink};
    return run_zero_phase(devices, session, sinks, options);
}

inline CollectingSink zero_phase(const std::string& url, const Session& session) {
    CollectingSink sink;
    run_into(url, session, sink);
    return sink;
}

inline double power_uv2(const CollectingSink::Row& row, std::size_t channel) {
    return std::pow(static_cast<double>(row.channels[channel].rms_uv), 2.0);
}

/// A recording of EMG streams of one channel each, made from a function of stream and time.
class MadeUp final : public Device {
public:
    using SignalUv = std::function<double(std::size_t, double)>;

    /// @param end_tenths  where each stream ends, in tenths of a second
    MadeUp(const std::vector<std::uint64_t>& rates, std::vector<std::size_t> end_tenths, SignalUv signal_uv)
        : end_tenths_(std::move(end_tenths)), signal_uv_(std::move(signal_uv)) {
        for (const std::uint64_t rate : rates) {
            streams_.push_back({.name = "emg" + std::to_string(rate), .kind = StreamKind::emg, .rate = {rate, 1}, .type = SampleType::float64});
            streams_.back().channels.push_back({.label = "C" + std::to_string(rate), .raw_min = -187'500.0, .raw_max = 187'500.0});
        }
    }
    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    void stop() noexcept override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override {
        if (n_tenths_ == *std::max_element(end_tenths_.begin(), end_tenths_.end())) return ReadStatus::ended;
        for (std::size_t s = 0; s < streams_.size(); ++s) {
            if (n_tenths_ >= end_tenths_[s]) continue;
            const std::size_t n = streams_[s].rate.num / 10, first = n_tenths_ * n;
            std::vector<double> samples(n);
            for (std::size_t i = 0; i < n; ++i) samples[i] = signal_uv_(s, streams_[s].rate.time_s(first + i));
            sink.push(s, first, raw_frames(std::span<const double>{samples}, 1, static_cast<std::int64_t>(n_tenths_ + 1) * 100'000'000));
        }
        ++n_tenths_;
        return ReadStatus::frames;
    }

private:
    std::vector<StreamInfo> streams_;
    std::vector<std::size_t> end_tenths_;
    SignalUv signal_uv_;
    std::size_t n_tenths_ = 0;
};

inline CollectingSink zero_phase(MadeUp device) {
    const std::span<const StreamInfo> streams = device.streams();
    Session session = default_session({&streams, 1});
    session.mains = "off";
    CollectingSink sink;
    Device* const devices[] = {&device};
    Sink* const sinks[] = {&sink};
    run_zero_phase(devices, session, sinks);
    return sink;
}

}  // namespace tonus::test
