#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/error.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/sinks/recorder.hpp"

namespace tonus::test {

/// What a sample must be: it names its stream, channel and frame, so that a wrong one is known for what it is.
inline std::int32_t true_value(std::size_t stream, std::size_t channel, std::uint64_t frame) {
    const std::uint64_t mixed = (frame * 64 + channel * 8 + stream + 1) * 0x9E3779B97F4A7C15u;
    return static_cast<std::int32_t>(mixed >> 40) - (1 << 23);
}

/// Streams of true values.
class TrueDevice final : public Device {
public:
    explicit TrueDevice(std::vector<StreamInfo> streams) : streams_(std::move(streams)) {}
    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    void start() override {}
    ReadStatus read(FrameSink&, std::chrono::milliseconds) noexcept override { return ReadStatus::ended; }
    void stop() noexcept override {}

private:
    std::vector<StreamInfo> streams_;
};

inline StreamInfo true_stream(std::string name, StreamKind kind, std::uint64_t rate_hz, std::size_t n_channels) {
    StreamInfo info{.name = std::move(name), .kind = kind, .rate = {rate_hz, 1}, .type = SampleType::int32, .device_id = "true:1", .settings = "gain=24"};
    for (std::size_t ch = 0; ch < n_channels; ++ch) info.channels.push_back({.label = "ch" + std::to_string(ch), .unit = "uV", .scale = 0.5});
    return info;
}

/// A recorder with its device and its thread, all driven by hand on a virtual clock.
class RecorderDrive {
public:
    static constexpr std::int64_t kStepNs = 20'000'000;  // how often a sink is asked

    RecorderDrive(Files& files, std::string path = "/r.xdf", std::vector<StreamInfo> streams = {true_stream("emg", StreamKind::emg, 1000, 4), true_stream("imu", StreamKind::acceleration, 100, 3)},
                  VirtualClock* shared_clock = nullptr)
        : device(std::move(streams)), clock_(shared_clock == nullptr ? own_clock_ : *shared_clock),
          recorder(files, clock_, path, {.session_text = "# a session\n", .notice = [this](const std::string& what) { notices.push_back(what); }, .markers = &markers}) {
        Device* const devices[] = {&device};
        recorder.listen(devices);
        writer_.emplace(recorder.ring(0));
        next_.resize(device.streams().size());
        info_.channels.push_back({.name = "MF_L"});
        info_.streams.assign(device.streams().begin(), device.streams().end());
    }

    void begin() { recorder.begin(info_); }

    /// Time passes, and the device sends what was sampled meanwhile; the recorder's thread does nothing.
    void pass(std::int64_t ns) {
        for (std::int64_t done = 0; done < ns; done += kStepNs / 2) {
            clock_.advance(std::chrono::nanoseconds{kStepNs / 2});
            now_ns_ += kStepNs / 2;
            send();
            if (rows) add_row();
        }
    }
    /// The same while the recorder's thread runs.
    void run(std::int64_t ns) {
        for (std::int64_t done = 0; done < ns; done += kStepNs) {
            pass(kStepNs);
            recorder.idle(0.0, 0);
        }
    }
    void run_s(double seconds) { run(static_cast<std::int64_t>(seconds * 1e9)); }
    void end() { recorder.end({}); }
    /// Frames that are sampled and do not come.
    void lose(std::size_t stream, std::uint64_t n_frames) { next_[stream] += n_frames; }

    std::uint64_t n_sampled(std::size_t stream) const { return next_[stream]; }
    double now_s() const { return static_cast<double>(now_ns_) * 1e-9; }

    TrueDevice device;
    bool rows = true;
    std::vector<std::string> notices;
    MarkerBoard markers{MarkerTime::session};

private:
    void send() {
        for (std::size_t s = 0; s < next_.size(); ++s) {
            const StreamInfo& info = device.streams()[s];
            const std::size_t n = static_cast<std::size_t>(info.rate.num * static_cast<std::uint64_t>(kStepNs / 2) / 1'000'000'000);
            samples_.clear();
            for (std::size_t f = 0; f < n; ++f) {
                for (std::size_t ch = 0; ch < info.channels.size(); ++ch) samples_.push_back(true_value(s, ch, next_[s] + f));
            }
            writer_->push(s, next_[s], raw_frames(std::span<const std::int32_t>{samples_}, info.channels.size(), now_ns_), now_ns_);
            next_[s] += n;
        }
    }
    void add_row() {
        ChannelResult channel;
        ResultRow row;
        row.tick = tick_++;
        row.time_s = 0.01 * static_cast<double>(tick_);
        row.arrival_ns = now_ns_;
        row.channels = {&channel, 1};
        recorder.row(row);
    }

    VirtualClock own_clock_;
    VirtualClock& clock_;
    std::int64_t now_ns_ = 0;
    std::uint64_t tick_ = 0;
    SessionInfo info_;
    std::vector<std::uint64_t> next_;
    std::vector<std::int32_t> samples_;
    std::optional<FrameRing::Writer> writer_;

public:
    Recorder recorder;
};

/// What a reader finds in a recording of true streams.
class TrueFrames final : public FrameSink {
public:
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            for (std::size_t ch = 0; ch < frames.n_channels; ++ch) {
                if (frames.at(f, ch) != static_cast<double>(true_value(stream, ch, first_index + f))) ++n_wrong;
            }
        }
        n[stream] += frames.n_frames;
        next[stream] = first_index + frames.n_frames;
    }

    std::uint64_t n_wrong = 0;
    std::array<std::uint64_t, 8> n{}, next{};
};

/// Reads all of it. Nothing where it does not open.
inline std::optional<TrueFrames> read_true(Files& files, const std::string& path) {
    TrueFrames found;
    try {
        const auto reader = open_recording(files, path, {.measured_only = true});
        while (reader->next(found)) {}
    } catch (const Error&) {
        return std::nullopt;
    }
    return found;
}

}  // namespace tonus::test
