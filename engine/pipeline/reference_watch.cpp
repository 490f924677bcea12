#include "engine/pipeline/reference_watch.hpp"

namespace tonus {
namespace {

constexpr std::uint32_t kOverTicks = 50;      // 0.5 s
constexpr std::uint32_t kLoudTicks = 6000;    // a minute: longer than most holds
constexpr std::uint32_t kSilentTicks = 100;
constexpr double kRestFactor = 2.0;

}  // namespace

ReferenceWatch::ReferenceWatch(std::vector<double> rest_uv) {
    for (const double uv : rest_uv) {
        channels_.emplace_back();
        channels_.back().rest_uv = uv;
    }
}

void ReferenceWatch::process(const Tick<unit::Microvolt>& envelope, const Tick<unit::Mvc>& activation, double time_s, ResultPort& out) noexcept {
    for (std::size_t m = 0; m < channels_.size(); ++m) {
        Channel& channel = channels_[m];
        if (channel.rest_uv <= 0.0 || activation.status[m].state != ValueState::valid) continue;
        channel.n_over = activation.value[m] > 1.0f ? channel.n_over + 1 : 0;
        const auto rms_uv = static_cast<double>(envelope.value[m]);
        channel.n_loud = rms_uv > kRestFactor * channel.rest_uv ? channel.n_loud + 1 : 0;
        channel.n_silent = rms_uv * kRestFactor < channel.rest_uv ? channel.n_silent + 1 : 0;
        if (channel.n_over > kOverTicks && !channel.said_over) {
            channel.said_over = true;
            out.event({.kind = EventKind::over_reference, .time_s = time_s, .stream = m});
        }
        if ((channel.n_loud > kLoudTicks || channel.n_silent > kSilentTicks) && !channel.said_rest) {
            channel.said_rest = true;
            out.event({.kind = EventKind::rest_changed, .time_s = time_s, .stream = m, .value = rms_uv});
        }
    }
}

}  // namespace tonus
