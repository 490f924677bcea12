#include "bench/scorecard/load_device.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "drivers/sim/heart.hpp"
#include "engine/activation/site.hpp"
#include "engine/core/random.hpp"

namespace tonus::bench {
namespace {

constexpr double kStepUv = 0.25;
constexpr double kNoiseUv = 40.0, kHeartUv = 200.0, kHumUv = 60.0, kHumHz = 50.0;

StreamInfo stream_of(const LoadDeviceConfig& config) {
    StreamInfo stream{.name = "load", .kind = config.kind, .rate = config.rate, .type = SampleType::int32};
    const bool emg = config.kind == StreamKind::emg;
    for (std::size_t ch = 0; ch < config.n_channels; ++ch) {
        stream.channels.push_back({.label = "ch" + std::to_string(ch + 1), .unit = emg ? "uV" : "m/s^2",
                                   .scale = emg ? kStepUv : 1e-3, .raw_min = -8'388'608.0, .raw_max = 8'388'607.0});
    }
    return stream;
}

/// A second in which hum and heart close on themselves.
std::vector<std::int32_t> one_second(const LoadDeviceConfig& config, std::uint64_t n_frames) {
    Random random{1};
    const std::size_t n_channels = config.n_channels;
    std::vector<std::int32_t> counts(n_frames * n_channels);
    // Channels share a pool of noise, each from its own place: thousands of them are soon made.
    std::vector<float> noise_uv(65'521);  // a prime: no channel begins where another did
    for (float& x : noise_uv) x = static_cast<float>(kNoiseUv * random.normal());
    std::size_t next = 0;
    const double hum_uv = config.with_hum ? kHumUv : 0.0;
    for (std::uint64_t i = 0; i < n_frames; ++i) {
        const double t_s = config.rate.time_s(i);
        const double common = kHeartUv * ecg_template(t_s - 0.5) + hum_uv * std::sin(2.0 * std::numbers::pi * kHumHz * t_s);
        for (std::size_t ch = 0; ch < n_channels; ++ch) {
            counts[i * n_channels + ch] = static_cast<std::int32_t>((common + static_cast<double>(noise_uv[next])) / kStepUv);
            next = next + 1 == noise_uv.size() ? 0 : next + 1;
        }
    }
    return counts;
}

}  // namespace

LoadDevice::LoadDevice(const LoadDeviceConfig& config, Clock& clock)
    : config_(config),
      clock_(clock),
      stream_(stream_of(config)),
      n_frames_(config.rate.frames_in(config.duration_s)),
      // Whole reads, so that none goes round the end.
      n_loop_(std::max<std::uint64_t>(1, config.rate.frames_in(1.0) / config.read_frames) * config.read_frames) {
    second_ = one_second(config, n_loop_);
    tick_read_ns_.resize(config.rate.tick_of(n_frames_) + 1);
    wake_late_ns_.resize(n_frames_ / config.read_frames + 2);
}

ReadStatus LoadDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    if (next_ + config_.read_frames > n_frames_) return ReadStatus::ended;
    if (config_.pacing == Pacing::stamped) {
        push_next(sink, 0);
        return ReadStatus::frames;
    }
    std::int64_t now_ns = clock_.now_ns();
    if (origin_ns_ < 0) origin_ns_ = now_ns + static_cast<std::int64_t>(1e9 * config_.start_after_s);
    const std::int64_t due_ns = origin_ns_ + static_cast<std::int64_t>(1e9 * config_.rate.time_s(next_ + config_.read_frames));
    const std::int64_t until_ns = now_ns + std::chrono::nanoseconds{timeout}.count();
    const bool sleeps = now_ns < due_ns;
    if (sleeps) {
        clock_.sleep_until(std::min(due_ns, until_ns));
        now_ns = clock_.now_ns();
        if (now_ns < due_ns) return ReadStatus::idle;
        wake_late_ns_[n_wakes_++] = now_ns - due_ns;
    }
    push_next(sink, now_ns);
    return ReadStatus::frames;
}

void LoadDevice::push_next(FrameSink& sink, std::int64_t now_ns) noexcept {
    const std::uint64_t end = next_ + config_.read_frames;
    for (; n_ticks_ + 1 < tick_read_ns_.size() && config_.rate.first_frame_of(n_ticks_ + 1) <= end; ++n_ticks_) {
        tick_read_ns_[n_ticks_] = now_ns;
    }
    const std::span<const std::int32_t> samples{second_};
    const bool stamped = config_.pacing == Pacing::stamped;
    const std::int64_t stamp_ns = stamped ? static_cast<std::int64_t>(1e9 * config_.rate.time_s(end)) : kUnstamped;
    sink.push(0, next_, raw_frames(samples.subspan(next_ % n_loop_ * config_.n_channels, config_.read_frames * config_.n_channels),
                                   config_.n_channels, stamp_ns));
    next_ = end;
}

Session plain_session(std::span<const std::span<const StreamInfo>> devices) {
    Session session = default_session(devices);
    const std::span<const Site> known = sites();
    for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
        SessionChannel& channel = session.channels[ch];
        const Site& site = known[ch % known.size()];
        channel.site = site.id;
        channel.muscle = site.muscle_class;
        channel.reference = MvcReference{.rest_uv = 2.5, .mvc_uv = 150.0};
    }
    return session;
}

Session session_with_everything(std::span<const std::span<const StreamInfo>> devices) {
    Session session = plain_session(devices);
    for (SessionChannel& channel : session.channels) channel.reference_template = channel.reference;
    session.ecg_template = true;
    session.engine = "B";
    return session;
}

}  // namespace tonus::bench
