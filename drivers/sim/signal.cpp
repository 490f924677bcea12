#include "drivers/sim/signal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>
#include <utility>

namespace tonus {
namespace {

// Every source of chance has its own stream, so that one option changes nothing else. A channel
// takes one of each kind.
constexpr std::uint64_t kEmgStream = 1000, kNoiseStream = 2000, kSpikeStream = 3000, kOffsetStream = 4000;
constexpr std::uint64_t kVibrationStream = 7000, kMotionStream = 8000, kUnitStream = 9000;  // 5000, 6000: motion sensors, link
constexpr std::uint64_t kHeartStream = 1, kMainsStream = 2;

constexpr double kWanderHz = 0.3;
constexpr double kLeadOffGain = 0.02, kLeadOffMains = 50.0, kLeadOffTransitionS = 0.5;  // domain 11.5
constexpr double kSaturatingGain = 1e5;
constexpr double kMotionUv = 20.0;  // per m/s^2 (domain 11.5)

/// Height of the R peak under a site (domain 11.4; where it gives none, the nearest site's).
struct HeartAtSite {
    std::string_view label;
    double uv;
};
constexpr std::array<HeartAtSite, 16> kHeartAtSites{{
    {"MF_L", 40.0}, {"MF_R", 40.0}, {"LT_L", 100.0}, {"LT_R", 60.0}, {"IOT_L", 80.0}, {"IOT_R", 80.0}, {"EO_L", 200.0}, {"EO_R", 200.0},
    {"ICT_L", 100.0}, {"ICT_R", 60.0}, {"LD_L", 300.0}, {"LD_R", 150.0}, {"GMX_L", 5.0}, {"GMX_R", 5.0}, {"BF_L", 5.0}, {"BF_R", 5.0},
}};

double heart_at(const std::string& label) noexcept {
    const auto found = std::find_if(kHeartAtSites.begin(), kHeartAtSites.end(), [&](const HeartAtSite& site) { return site.label == label; });
    return found->uv;
}

/// The seed of a day of a subject.
std::uint64_t day_seed(const SimOptions& options) noexcept { return SplitMix64{options.subject}.next() ^ (options.seed * 0x9e3779b97f4a7c15u); }

const ChannelFault* active(const std::vector<ChannelFault>& faults, std::size_t ch, double t_s) noexcept {
    for (const ChannelFault& fault : faults) {
        if (fault.channel == ch && fault.span.contains(t_s)) return &fault;
    }
    return nullptr;
}

}  // namespace

SimSignal::SimSignal(const SimOptions& options, const SimulatedSubject& subject)
    : options_(options),
      subject_(subject),
      pure_uv_(options.n_channels),
      heart_(options.heart_rate_bpm, Random{day_seed(options), kHeartStream}),
      hum_(options.mains_hz, options.mains_uv, options.rate.hz(), Random{day_seed(options), kMainsStream}),
      motion_(options) {
    const std::uint64_t seed = day_seed(options);
    const double rate_hz = options.rate.hz();
    for (std::size_t ch = 0; ch < options.n_channels; ++ch) {
        Random offset{seed, kOffsetStream + ch};
        channels_.push_back({.source = EmgSource{rate_hz, options.fatigue_per_s, Random{seed, kEmgStream + ch}, options.laplace},
                             .units = {},
                             .noise = Random{seed, kNoiseStream + ch},
                             .spikes = Spikes{options.spikes_per_s, rate_hz, Random{seed, kSpikeStream + ch}},
                             .offset_uv = 1e3 * options.offset_mv * (2.0 * offset.uniform() - 1.0),
                             .heart_uv = options.ecg ? heart_at(subject.label(ch)) : 0.0,
                             .wander_turn = offset.uniform(),
                             .vibration = {}});
        Channel& channel = channels_.back();
        if (options.source == SimSource::units) channel.units.emplace(rate_hz, Random{seed, kUnitStream + ch});
        if (options.vibration_hz > 0.0) channel.vibration.emplace(options.vibration_hz, rate_hz, Random{seed, kVibrationStream + ch});
        if (options.motion) {
            // Each pair feels another direction of the sagittal plane.
            const double direction = 2.0 * std::numbers::pi * Random{seed, kMotionStream + ch}.uniform();
            channel.motion_uv = {kMotionUv * std::cos(direction), kMotionUv * std::sin(direction)};
        }
    }
    for (const std::size_t ch : options.dead) channels_[ch].dead = true;
}

double SimSignal::contraction_uv(std::size_t ch, double t_s) noexcept {
    Channel& channel = channels_[ch];
    if (channel.units) return subject_.sigma_mvc_uv(ch) * channel.units->next(subject_.activation(ch, t_s + channel.units->lead_s()));
    return subject_.sigma_mvc_uv(ch) * subject_.activation(ch, t_s) * channel.source.next();
}

/// The muscles' own signals, after what reaches the neighbours: the next sites on the same side.
void SimSignal::contract(double t_s, std::span<double> muscle_uv) noexcept {
    const std::size_t n = channels_.size();
    for (std::size_t ch = 0; ch < n; ++ch) {
        pure_uv_[ch] = contraction_uv(ch, t_s);
    }
    for (std::size_t ch = 0; ch < n; ++ch) {
        const double before = ch >= 2 ? pure_uv_[ch - 2] : 0.0;
        const double after = ch + 2 < n ? pure_uv_[ch + 2] : 0.0;
        muscle_uv[ch] = pure_uv_[ch] + options_.crosstalk * (before + after);
    }
}

/// What shaking and moving add: the plate, the reflex to it, and the pull of the cables. The
/// trunk moves far below the 15 Hz of domain 11.5 by itself, so no filter keeps it there.
double SimSignal::moved_uv(std::size_t ch, double t_s, const Vector3& pelvis_m_s2) const noexcept {
    const Channel& channel = channels_[ch];
    double uv = channel.motion_uv[0] * pelvis_m_s2[0] + channel.motion_uv[1] * pelvis_m_s2[2];
    if (channel.vibration && options_.vibrates(t_s)) {
        const double reflex_uv = options_.vibration_locked * subject_.sigma_mvc_uv(ch) * subject_.activation(ch, t_s);
        uv += channel.vibration->artefact_uv(t_s) + reflex_uv * channel.vibration->reflex(t_s);
    }
    return uv;
}

double SimSignal::electrode_uv(std::size_t ch, double t_s, double muscle_uv, double heart, double hum_uv, double moved_uv) noexcept {
    Channel& channel = channels_[ch];
    const double wander_uv = options_.wander_uv * std::sin(2.0 * std::numbers::pi * (kWanderHz * t_s + channel.wander_turn));
    // Overdriven, the fast signal goes from rail to rail, as a gain set far too high makes it.
    const double drive = active(options_.saturate, ch, t_s) != nullptr ? kSaturatingGain : 1.0;
    const double offset_uv = channel.offset_uv + 1e3 * options_.drift_mv_s * t_s;
    const double noise_uv = drive * options_.noise_uv * channel.noise.normal();
    const double spike_uv = channel.spikes.next_uv();
    const double body_uv = channel.dead ? 0.0 : drive * muscle_uv + channel.heart_uv * heart + spike_uv + moved_uv;
    if (const ChannelFault* off = active(options_.lead_off, ch, t_s)) {
        // The free input drifts to the rail, carries hum, and hardly any muscle.
        const double part = 1.0 - std::exp(-3.0 * (t_s - off->span.from_s) / kLeadOffTransitionS);
        const double rail_uv = channel.offset_uv < 0.0 ? -kFullScaleUv : kFullScaleUv;
        return offset_uv + part * (1.05 * rail_uv - offset_uv) + kLeadOffGain * body_uv + kLeadOffMains * hum_uv + noise_uv;
    }
    return offset_uv + wander_uv + body_uv + hum_uv + noise_uv;
}

/// What the amplifier and its converter make of it.
double SimSignal::amplified_uv(std::size_t ch, double t_s, double uv) noexcept {
    Channel& channel = channels_[ch];
    const double full_scale_uv = std::min(kFullScaleUv, options_.clip_uv);
    // An AC-coupled amplifier, which is what `clip` describes, passes no offset.
    if (std::isfinite(options_.clip_uv)) uv -= channel.offset_uv + 1e3 * options_.drift_mv_s * t_s;
    uv = std::clamp(uv, -full_scale_uv, full_scale_uv);
    if (active(options_.flat, ch, t_s) != nullptr) return channel.flat_uv;
    channel.flat_uv = uv;
    return active(options_.nan, ch, t_s) != nullptr ? std::numeric_limits<double>::quiet_NaN() : uv;
}

/// The amplifier hears what is plugged into it.
void SimSignal::exchange_cables(std::span<double> frame_uv) const noexcept {
    for (const std::size_t left : options_.swapped) std::swap(frame_uv[left], frame_uv[left + 1]);
}

void SimSignal::next(std::span<double> frame_uv, std::span<double> muscle_uv) noexcept {
    const double t_s = options_.rate.time_s(frame_);
    ++frame_;
    contract(t_s, muscle_uv);
    const double heart = options_.ecg ? heart_.at(t_s) : 0.0;
    const double hum_uv = options_.mains_hz > 0.0 ? hum_.next_uv() : 0.0;
    const bool moves = options_.motion || options_.vibration_hz > 0.0;
    const Vector3 pelvis_m_s2 = options_.motion ? motion_.acceleration_m_s2(Segment::pelvis, t_s) : Vector3{};
    for (std::size_t ch = 0; ch < channels_.size(); ++ch) {
        const double moved = moves ? moved_uv(ch, t_s, pelvis_m_s2) : 0.0;
        frame_uv[ch] = amplified_uv(ch, t_s, electrode_uv(ch, t_s, muscle_uv[ch], heart, hum_uv, moved));
    }
    exchange_cables(frame_uv);
}

}  // namespace tonus
