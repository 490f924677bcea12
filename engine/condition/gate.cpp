#include "engine/condition/gate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/device/unit_scale.hpp"

namespace tonus {
namespace {

// Domain 2.2, "causal form".
constexpr double kSettleS = 0.250;

// Domain 2.6.
constexpr double kSaturatedOfRange = 0.98;
constexpr std::uint32_t kPlateauSamples = 3;  // take_ordinary() counts on it
// Of the smallest step seen: a resting or coarsely quantised signal also stays at its extreme for
// three samples, but has no such span, or creeps into its extreme step by step.
constexpr double kPlateauSpanSteps = 100.0;
constexpr double kPlateauEntrySteps = 5.0;

// Domain 2.7.
constexpr double kRailOfRange = 0.9;
constexpr double kFlatAloneS = 1.0;
constexpr double kGoodAgainS = 0.500;

constexpr double kElectrodeMaxUv = 10e6;

}  // namespace

Gate::Gate(const GateConfig& config)
    : n_channels_(config.stream.channels.size()),
      memories_(n_channels_),
      lanes_(padded_lanes(n_channels_)),
      by_lanes_(config.by_lanes),
      samples_(kBlockFrames * padded_lanes(n_channels_), 0.0f),
      flags_(kBlockFrames * padded_lanes(n_channels_), 0) {
    const auto frames = [&](double seconds) {
        return static_cast<std::uint32_t>(config.stream.rate.frames_in(seconds));
    };
    n_short_settle_ = frames(kShortSettleS);
    n_settle_ = frames(kSettleS);
    n_short_fault_ = frames(kHoldS);
    n_rail_off_ = frames(kLeadOffS);
    n_flat_off_ = frames(kLeadOffS);
    n_flat_alone_ = frames(kFlatAloneS);
    n_good_again_ = frames(kGoodAgainS);
    for (const ChannelInfo& channel : config.stream.channels) {
        const std::optional<double> uv = microvolts_per(channel.unit);
        if (!uv) {
            throw usage_error(fmt::format(
                "{} channel '{}': {} for EMG; give unit=uV, mV or V, or scale_uv= microvolts per step, in the "
                "address or under [[source]] in the session file",
                config.stream.name, channel.label,
                channel.unit.empty() ? "its unit is not known, and one is needed"
                                     : fmt::format("'{}' is no unit", channel.unit)));
        }
        Scale scale{.uv_per_step = channel.scale * *uv};
        if (channel.raw_min && channel.raw_max && *channel.raw_max > *channel.raw_min) {
            scale.has_range = true;
            scale.middle = 0.5 * (*channel.raw_min + *channel.raw_max);
            scale.half_range = 0.5 * (*channel.raw_max - *channel.raw_min);
        }
        scales_.push_back(scale);
    }
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        const Scale& scale = scales_[ch];
        lanes_.uv_per_step[ch] = scale.uv_per_step;
        lanes_.middle[ch] = scale.middle;
        lanes_.rail_from[ch] = scale.has_range ? kRailOfRange * scale.half_range : std::numeric_limits<double>::infinity();
    }
    watched_.reserve(n_channels_);
    restart();
}

void Gate::restart() noexcept {
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        from_lanes(ch);
        Memory& memory = memories_[ch];
        const bool was_off = memory.lead_off;
        const Memory before = memory;
        memory = {};
        memory.highest = before.highest;
        memory.lowest = before.lowest;
        memory.smallest_step = before.smallest_step;
        memory.lead_off = was_off;
        memory.n_settling = n_settle_;
        to_lanes(ch);
    }
    after_gap_ = false;
}

Block<unit::Microvolt> Gate::process(const RawFrames& raw) noexcept {
    if (after_gap_) {
        for (Memory& memory : memories_) memory.n_settling = std::max(memory.n_settling, n_short_settle_);
        std::fill(lanes_.calm.begin(), lanes_.calm.end(), 0.0);
        after_gap_ = false;
    }
    take(raw);
    return {samples_.data(), flags_.data(), n_channels_, raw.n_frames};
}

/// Lanes first; then, sample by sample, the channels to which something happens.
void Gate::take(const RawFrames& raw) noexcept {
    const std::size_t n_frames = raw.n_frames, stride = lanes_.offset.size();
    if (n_frames == 0) return;
    take_ordinary(lanes_, {.electrode_max_uv = kElectrodeMaxUv, .plateau_samples = kPlateauSamples, .plateau_entry_steps = kPlateauEntrySteps,
                           .plateau_span_steps = kPlateauSpanSteps, .n_equal_max = static_cast<double>(n_flat_off_)},
                  raw, samples_.data());
    std::fill_n(flags_.begin(), n_frames * stride, std::uint8_t{0});
    watched_.clear();
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        if (lanes_.ordinary[ch] != 0.0) continue;
        from_lanes(ch);
        watched_.push_back(ch);
    }
    const std::size_t n_ordinary = n_channels_ - watched_.size();
    for (std::size_t frame = 0; frame < n_frames; ++frame) {
        std::size_t n_moving = n_ordinary;
        for (const std::size_t channel : watched_) {
            const std::size_t at = frame * stride + channel;
            samples_[at] = sample(channel, raw.at(frame, channel), flags_[at]);
            if (memories_[channel].n_bad == 0 && memories_[channel].n_equal < n_flat_off_) ++n_moving;
        }
        n_moving_ = n_moving;
    }
    for (const std::size_t channel : watched_) to_lanes(channel);
}

bool Gate::is_calm(const Memory& memory) const noexcept {
    return memory.has_offset && memory.has_last && !memory.lead_off && memory.n_bad == 0 && memory.n_rail == 0 && memory.n_settling == 0;
}

void Gate::from_lanes(std::size_t channel) noexcept {
    Memory& memory = memories_[channel];
    memory.offset = lanes_.offset[channel];
    memory.last = lanes_.last[channel];
    memory.highest = lanes_.highest[channel];
    memory.lowest = lanes_.lowest[channel];
    memory.smallest_step = lanes_.smallest_step[channel];
    memory.plateau_step = lanes_.plateau_step[channel];
    memory.n_equal = static_cast<std::uint32_t>(lanes_.n_equal[channel]);
    memory.held_uv = static_cast<float>(lanes_.held_uv[channel]);
}

void Gate::to_lanes(std::size_t channel) noexcept {
    const Memory& memory = memories_[channel];
    lanes_.offset[channel] = memory.offset;
    lanes_.last[channel] = memory.last;
    lanes_.highest[channel] = memory.highest;
    lanes_.lowest[channel] = memory.lowest;
    lanes_.smallest_step[channel] = memory.smallest_step;
    lanes_.plateau_step[channel] = memory.plateau_step;
    lanes_.n_equal[channel] = static_cast<double>(memory.n_equal);
    lanes_.held_uv[channel] = static_cast<double>(memory.held_uv);
    lanes_.calm[channel] = by_lanes_ && is_calm(memory) ? 1.0 : 0.0;
}

float Gate::sample(std::size_t channel, double raw, std::uint8_t& flags) noexcept {
    Memory& memory = memories_[channel];
    const Scale& scale = scales_[channel];
    flags = 0;
    const double uv = (raw - memory.offset) * scale.uv_per_step;
    if (!(std::abs(uv) <= kElectrodeMaxUv)) {  // so written that NaN is caught too
        ++memory.n_bad;
        flags = sample_flag::not_finite;
        return memory.held_uv;
    }
    if (memory.n_bad > 0) {
        const bool was_long = memory.n_bad > n_short_fault_;
        memory.n_settling = std::max(memory.n_settling, was_long ? n_settle_ : n_short_settle_);
        if (was_long) rebase(memory, scale, raw);
        memory.n_bad = 0;
    }
    if (!memory.has_offset) {
        memory.has_offset = true;
        memory.offset = raw - static_cast<double>(memory.held_uv) / scale.uv_per_step;
    }
    remember(memory, raw);

    const bool at_rail =
        scale.has_range && std::abs(raw - scale.middle) >= kRailOfRange * scale.half_range;
    // A muscle that overdrives the amplifier goes from rail to rail; a lost electrode stays at one.
    const bool same_rail = (raw > scale.middle) == memory.rail_is_upper;
    memory.n_rail = !at_rail ? 0 : same_rail ? memory.n_rail + 1 : 1;
    memory.rail_is_upper = raw > scale.middle;
    const bool no_contact = memory.n_rail > n_rail_off_ || is_flat(memory);
    if (no_contact) {
        memory.lead_off = true;
        memory.n_good = 0;
    } else if (memory.lead_off) {
        memory.n_good = at_rail ? 0 : memory.n_good + 1;
        if (memory.n_good >= n_good_again_) {
            memory.lead_off = false;
            memory.n_settling = n_settle_;
            rebase(memory, scale, raw);
        }
    }
    if (memory.lead_off) {
        flags = sample_flag::lead_off;
        return memory.held_uv;
    }

    if (is_saturated(memory, scale, raw)) flags |= sample_flag::saturated;
    if (memory.n_settling > 0) {
        --memory.n_settling;
        flags |= sample_flag::settling;
    }
    memory.held_uv = static_cast<float>((raw - memory.offset) * scale.uv_per_step);
    return memory.held_uv;
}

void Gate::rebase(Memory& memory, const Scale& scale, double raw) noexcept {
    memory.offset = raw - static_cast<double>(memory.held_uv) / scale.uv_per_step;
}

void Gate::remember(Memory& memory, double raw) noexcept {
    if (!memory.has_last) {
        memory.has_last = true;
        if (memory.smallest_step == 0.0) memory.highest = memory.lowest = raw;
        memory.n_equal = 1;
    } else if (raw == memory.last) {
        ++memory.n_equal;
    } else {
        memory.n_equal = 1;
        memory.plateau_step = std::abs(raw - memory.last);
        if (memory.smallest_step == 0.0 || memory.plateau_step < memory.smallest_step) {
            memory.smallest_step = memory.plateau_step;
        }
    }
    memory.last = raw;
    memory.highest = std::max(memory.highest, raw);
    memory.lowest = std::min(memory.lowest, raw);
}

bool Gate::is_saturated(const Memory& memory, const Scale& scale, double raw) const noexcept {
    if (scale.has_range && std::abs(raw - scale.middle) >= kSaturatedOfRange * scale.half_range) return true;
    const bool at_extreme = raw == memory.highest || raw == memory.lowest;
    return at_extreme && memory.n_equal >= kPlateauSamples &&
           memory.plateau_step >= kPlateauEntrySteps * memory.smallest_step &&
           memory.highest - memory.lowest >= kPlateauSpanSteps * memory.smallest_step;
}

bool Gate::is_flat(const Memory& memory) const noexcept {
    // Strictly more: who has just reached it still counted as moving in the frame before.
    return memory.n_equal >= n_flat_alone_ || (memory.n_equal > n_flat_off_ && n_moving_ > 0);
}

Block<unit::Microvolt> Gate::hold(std::size_t n_frames) noexcept {
    const std::size_t stride = padded_lanes(n_channels_);
    for (std::size_t frame = 0; frame < n_frames; ++frame) {
        for (std::size_t channel = 0; channel < n_channels_; ++channel) {
            samples_[frame * stride + channel] = static_cast<float>(lanes_.held_uv[channel]);
            flags_[frame * stride + channel] = sample_flag::gap;
        }
    }
    after_gap_ = true;
    return {samples_.data(), flags_.data(), n_channels_, n_frames};
}

}  // namespace tonus
