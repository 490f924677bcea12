#include "drivers/sim/emg_source.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/sim/heavy_tails.hpp"

namespace tonus {
namespace {

constexpr double kFadeS = 0.5;
constexpr int kWarmUpFrames = 1000;

}  // namespace

EmgSource::EmgSource(double sample_rate_hz, double fatigue_per_s, Random random, bool heavy_tails)
    : sample_rate_hz_(sample_rate_hz),
      fatigue_per_s_(fatigue_per_s),
      heavy_tails_(heavy_tails),
      random_(random),
      old_(EmgShape::design(sample_rate_hz)),
      new_(old_),
      fade_frames_(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(kFadeS * sample_rate_hz))) {
    for (int i = 0; i < kWarmUpFrames; ++i) old_.process(random_.normal());
    new_ = old_;
    if (fatigue_per_s_ > 0.0) start_fade();
}

void EmgSource::start_fade() {
    const double t_s = static_cast<double>(frame_ + fade_frames_) / sample_rate_hz_;
    old_ = new_;
    new_ = EmgShapeFilter{EmgShape::design(sample_rate_hz_, std::max(0.3, 1.0 - fatigue_per_s_ * t_s))};
}

double EmgSource::tailed(double x) const noexcept { return heavy_tails_ ? with_heavy_tails(x) : x; }

double EmgSource::next() noexcept {
    const double noise = random_.normal();
    if (fatigue_per_s_ <= 0.0) return tailed(old_.process(noise));
    const std::uint64_t into = frame_ % fade_frames_;
    if (into == 0 && frame_ > 0) start_fade();
    const double part = static_cast<double>(into) / static_cast<double>(fade_frames_);
    const double amplitude = 1.0 + 0.5 * fatigue_per_s_ * static_cast<double>(frame_) / sample_rate_hz_;
    ++frame_;
    // Weights by the square root keep the power of two signals that agree only in part.
    const double a = old_.process(noise), b = new_.process(noise);
    return amplitude * tailed(std::sqrt(1.0 - part) * a + std::sqrt(part) * b);
}

}  // namespace tonus
