#include <algorithm>
#include <cmath>
#include <optional>

#include "drivers/driver/driver.hpp"
#include "drivers/sim/link.hpp"
#include "drivers/sim/motion_sensor.hpp"
#include "drivers/sim/signal.hpp"
#include "drivers/sim/truth.hpp"

namespace tonus {
namespace {

StreamInfo emg_stream(const SimOptions& options, const SimulatedSubject& subject) {
    StreamInfo info{.name = "emg",
                    .kind = StreamKind::emg,
                    .rate = options.rate,
                    .type = options.as_float ? SampleType::float32 : SampleType::int32,
                    .channels = {},
                    .jump_cause = GapCause::device,
                    .device_id = "sim:subject" + std::to_string(options.subject),
                    .settings = "gain=24"};
    const double full_scale_uv = std::min(kFullScaleUv, options.clip_uv);
    const double scale = options.as_float ? 1.0 : kStepUv;
    for (std::size_t ch = 0; ch < subject.n_channels(); ++ch) {
        // The converter's highest code is one step below its full scale.
        const double most = std::min(std::floor(full_scale_uv / scale), options.as_float ? full_scale_uv : 8'388'607.0);
        info.channels.push_back({.label = subject.label(ch), .unit = "uV", .scale = scale, .offset = 0.0,
                                 .raw_min = -std::floor(full_scale_uv / scale), .raw_max = most});
    }
    return info;
}

StreamInfo motion_stream(StreamKind kind, std::string_view segment, const char* name, const char* prefix, const char* unit, const SimOptions& options) {
    StreamInfo info{.name = std::string{segment} + "_" + name, .kind = kind, .rate = options.imu_rate, .type = SampleType::float32, .channels = {},
                    .jump_cause = GapCause::device, .device_id = "sim:subject" + std::to_string(options.subject)};
    for (const char* axis : {"x", "y", "z"}) info.channels.push_back({.label = std::string{prefix} + axis, .unit = unit});
    return info;
}

class SimDevice final : public Device {
public:
    explicit SimDevice(const SimOptions& options)
        : options_(options), subject_(options), signal_(options, subject_), link_(options), frame_uv_(options.n_channels), muscle_uv_(options.n_channels) {
        streams_.push_back(emg_stream(options, subject_));
        for (std::size_t s = 0; s < (options.imu ? options.n_imu_sensors : 0); ++s) {
            sensors_.emplace_back(options, Segment{s});
            streams_.push_back(motion_stream(StreamKind::acceleration, kSegmentNames[s], "acceleration", "a", "m/s^2", options));
            streams_.push_back(motion_stream(StreamKind::angular_rate, kSegmentNames[s], "angular_rate", "g", "rad/s", options));
        }
        packet_.motion.resize(sensors_.size());
        overtaking_.motion.resize(sensors_.size());
        // An endless run has more frames than any clock will count.
        n_frames_ = std::isfinite(options.duration_s) ? options.rate.frames_in(options.duration_s) : ~std::uint64_t{0};
        if (!options.truth_folder.empty()) truth_.emplace(system_files(), options, subject_);
    }

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    std::string_view trouble() const noexcept override { return trouble_; }
    double progress() const noexcept override {
        return std::isfinite(options_.duration_s) ? static_cast<double>(next_) / static_cast<double>(n_frames_) : -1.0;
    }

    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override {
        if (next_ == n_frames_) return ReadStatus::ended;
        make_packet(packet_);
        if (!packet_.lost && link_.delays() && next_ < n_frames_) {
            // The next one overtakes it, and both bear stamps in the order of their coming.
            make_packet(overtaking_);
            packet_.arrival_ns = overtaking_.arrival_ns;
            push_packet(sink, overtaking_);
        }
        push_packet(sink, packet_);
        return ReadStatus::frames;
    }

    void stop() noexcept override {
        if (!truth_) return;
        guard([&] { truth_->close(); });
        truth_.reset();
    }

private:
    template <class Work>
    void guard(Work work) noexcept {
        try {
            work();
        } catch (const std::exception& error) {
            trouble_ = error.what();
        }
    }

    /// A truth that cannot be written ends; the run goes on.
    template <class Work>
    void write_truth(Work work) noexcept {
        if (!truth_) return;
        guard(work);
        if (!trouble_.empty()) truth_.reset();
    }

    /// What travels together: EMG, and the motion samples that the device took while it filled it.
    struct Packet {
        struct Motion {
            std::vector<float> acceleration = {}, angular_rate = {};
        };
        std::uint64_t first = 0, first_motion = 0;
        std::size_t n_frames = 0;
        std::int64_t arrival_ns = 0;
        bool lost = false, repeated = false;
        std::vector<std::int32_t> counts = {};
        std::vector<float> floats = {};
        std::vector<Motion> motion = {};  ///< per sensor
    };

    void make_packet(Packet& packet) noexcept {
        packet.first = next_;
        packet.n_frames = static_cast<std::size_t>(std::min<std::uint64_t>(options_.packet_frames, n_frames_ - next_));
        fill_emg(packet);
        fill_motion(packet);
        packet.arrival_ns = link_.arrival_ns(options_.rate.time_s(next_));
        packet.lost = link_.loses();
        packet.repeated = link_.repeats();
    }

    void fill_emg(Packet& packet) noexcept {
        packet.counts.clear();
        packet.floats.clear();
        for (std::size_t i = 0; i < packet.n_frames; ++i, ++next_) {
            signal_.next(frame_uv_, muscle_uv_);
            write_truth([&] { truth_->frame(muscle_uv_); });
            for (std::size_t ch = 0; ch < frame_uv_.size(); ++ch) {
                const ChannelInfo& info = streams_[0].channels[ch];
                if (options_.as_float) packet.floats.push_back(static_cast<float>(frame_uv_[ch]));
                else packet.counts.push_back(static_cast<std::int32_t>(std::clamp(std::round(frame_uv_[ch] / kStepUv), *info.raw_min, *info.raw_max)));
            }
        }
    }

    bool in_gap(std::uint64_t frame) const noexcept {
        const double t_s = options_.rate.time_s(frame);
        return std::any_of(options_.gaps.begin(), options_.gaps.end(), [t_s](const TimeSpan& gap) { return gap.contains(t_s); });
    }

    void fill_motion(Packet& packet) noexcept {
        packet.first_motion = next_motion_;
        for (Packet::Motion& motion : packet.motion) {
            motion.acceleration.clear();
            motion.angular_rate.clear();
        }
        if (sensors_.empty()) return;
        for (; options_.imu_rate.time_s(next_motion_) < options_.rate.time_s(next_); ++next_motion_) {
            for (std::size_t s = 0; s < sensors_.size(); ++s) {
                const MotionSensor::Sample sample = sensors_[s].next();
                for (const double a : sample.acceleration_m_s2) packet.motion[s].acceleration.push_back(static_cast<float>(a));
                for (const double w : sample.angular_rate_rad_s) packet.motion[s].angular_rate.push_back(static_cast<float>(w));
            }
            write_truth([&] { truth_->motion_frame(); });
        }
    }

    void push_packet(FrameSink& sink, const Packet& packet) noexcept {
        if (packet.lost) return;
        for (int copy = 0; copy < (packet.repeated ? 2 : 1); ++copy) {
            push_emg(sink, packet);
            for (std::size_t s = 0; s < packet.motion.size(); ++s) {
                const Packet::Motion& motion = packet.motion[s];
                if (motion.acceleration.empty()) continue;
                sink.push(1 + 2 * s, packet.first_motion, raw_frames(std::span<const float>{motion.acceleration}, 3, packet.arrival_ns));
                sink.push(2 + 2 * s, packet.first_motion, raw_frames(std::span<const float>{motion.angular_rate}, 3, packet.arrival_ns));
            }
        }
    }

    /// Pushes what no scripted gap swallows, one stretch at a time.
    void push_emg(FrameSink& sink, const Packet& packet) noexcept {
        const std::size_t n_channels = frame_uv_.size();
        const RawFrames frames = options_.as_float ? raw_frames(std::span<const float>{packet.floats}, n_channels, packet.arrival_ns)
                                                   : raw_frames(std::span<const std::int32_t>{packet.counts}, n_channels, packet.arrival_ns);
        for (std::size_t i = 0; i < packet.n_frames;) {
            std::size_t end = i;
            while (end < packet.n_frames && !in_gap(packet.first + end)) ++end;
            if (end > i) sink.push(0, packet.first + i, frames.slice(i, end - i));
            i = std::max(end, i + 1);
        }
    }

    SimOptions options_;
    SimulatedSubject subject_;
    SimSignal signal_;
    std::vector<MotionSensor> sensors_;
    SimLink link_;
    std::vector<StreamInfo> streams_;
    std::optional<SimTruth> truth_;
    std::vector<double> frame_uv_, muscle_uv_;
    Packet packet_, overtaking_;
    std::string trouble_;
    std::uint64_t n_frames_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t next_motion_ = 0;
};

std::unique_ptr<Device> open_sim(const SourceUrl& url, Ports&) { return std::make_unique<SimDevice>(parse_sim_options(url)); }

std::vector<Found> probe_sim(Ports&) { return {{"sim:?subject=7", "the simulated subject is always here"}}; }

}  // namespace

extern const Driver sim_driver;
const Driver sim_driver{
    .scheme = "sim",
    .summary = "Simulated subject: EMG of the back with everything that goes wrong, its truth known",
    .url_syntax = "sim:[?subject=7&task=reps&ecg=on]",
    .options = sim_driver_options(),
    .loss_detection = "frame counter of 64 bits",
    .clock = "its own rate, with skew_ppm against ours",
    .units = "counts of 22.35 nV, or uV as float; motion in m/s^2 and rad/s",
    .probe = &probe_sim,
    .open = &open_sim,
};

}  // namespace tonus
