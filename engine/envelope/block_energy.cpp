#include "engine/envelope/block_energy.hpp"

#include <algorithm>

namespace tonus {
namespace {

// At the lowest rate for EMG each frame may be a tick of its own.
constexpr std::size_t kTicksMax = kBlockFrames;

void count(TickCounts& counts, std::uint8_t flags) noexcept {
    ++counts.n_frames;
    // Lead-off outranks saturation (domain 2.6), and either says more than settling does.
    if (flags == 0) ++counts.n_valid;
    else if (flags & sample_flag::lead_off) ++counts.n_lead_off;
    else if (flags & sample_flag::saturated) ++counts.n_saturated;
    else if (flags & sample_flag::not_finite) ++counts.n_not_finite;
    else if (flags & sample_flag::gap) ++counts.n_gap;
    else ++counts.n_settling;
}

}  // namespace

BlockEnergy::BlockEnergy(Rate rate, std::size_t n_channels)
    : rate_(rate),
      n_channels_(n_channels),
      tick_end_(rate.first_frame_of(1)),
      energy_((kTicksMax + 1) * n_channels, 0.0),
      counts_((kTicksMax + 1) * n_channels),
      ticks_(kTicksMax) {}

void BlockEnergy::begin_call() noexcept {
    // The open tick was left behind those handed out by the last call: it comes first now.
    if (n_done_ == 0) return;
    std::copy_n(energy_.begin() + static_cast<std::ptrdiff_t>(slot()), n_channels_, energy_.begin());
    std::copy_n(counts_.begin() + static_cast<std::ptrdiff_t>(slot()), n_channels_, counts_.begin());
    n_done_ = 0;
}

void BlockEnergy::end_frame() noexcept {
    ++next_frame_;
    if (next_frame_ < tick_end_) return;
    ticks_[n_done_] = {tick_, {energy_.data() + slot(), n_channels_}, {counts_.data() + slot(), n_channels_}};
    ++n_done_;
    ++tick_;
    tick_end_ = rate_.first_frame_of(tick_ + 1);
    std::fill_n(energy_.begin() + static_cast<std::ptrdiff_t>(slot()), n_channels_, 0.0);
    std::fill_n(counts_.begin() + static_cast<std::ptrdiff_t>(slot()), n_channels_, TickCounts{});
}

std::span<const EnergyTick> BlockEnergy::process(const Block<unit::Microvolt>& block) noexcept {
    begin_call();
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        const std::span<const float> frame = block.frame(i);
        const std::span<const std::uint8_t> flags = block.flags(i);
        double* const energy = energy_.data() + slot();
        TickCounts* const counts = counts_.data() + slot();
        for (std::size_t channel = 0; channel < n_channels_; ++channel) {
            const auto x = static_cast<double>(frame[channel]);
            energy[channel] += flags[channel] == 0 ? x * x : 0.0;
            count(counts[channel], flags[channel]);
        }
        end_frame();
    }
    return {ticks_.data(), n_done_};
}

std::span<const EnergyTick> BlockEnergy::skip(std::size_t n_frames) noexcept {
    begin_call();
    for (std::size_t i = 0; i < n_frames; ++i) {
        TickCounts* const counts = counts_.data() + slot();
        for (std::size_t channel = 0; channel < n_channels_; ++channel) count(counts[channel], sample_flag::gap);
        end_frame();
    }
    return {ticks_.data(), n_done_};
}

}  // namespace tonus
