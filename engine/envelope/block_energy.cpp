#include "engine/envelope/block_energy.hpp"

#include <algorithm>

#include "engine/condition/square_sums.hpp"

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
      lanes_(padded_lanes(n_channels)),
      tick_end_(rate.first_frame_of(1)),
      energy_((kTicksMax + 1) * lanes_, 0.0),
      counts_((kTicksMax + 1) * lanes_),
      whole_(kTicksMax + 1, 0),
      ticks_(kTicksMax) {}

void BlockEnergy::begin_call() noexcept {
    // The open tick was left behind those handed out by the last call: it comes first now.
    if (n_done_ == 0) return;
    std::copy_n(energy_.begin() + static_cast<std::ptrdiff_t>(slot()), lanes_, energy_.begin());
    if (flagged_) {
        std::copy_n(counts_.begin() + static_cast<std::ptrdiff_t>(slot()), lanes_, counts_.begin());
        whole_[0] = 0;
    }
    n_done_ = 0;
}

/// How many of the next `n` frames belong to the open tick.
std::size_t BlockEnergy::n_of_tick(std::size_t n) const noexcept { return static_cast<std::size_t>(std::min<std::uint64_t>(n, tick_end_ - next_frame_)); }

/// The counts of the open tick, for a run with flags in it.
TickCounts* BlockEnergy::begin_counts() noexcept {
    if (!flagged_) std::fill_n(counts_.begin() + static_cast<std::ptrdiff_t>(slot()), lanes_, TickCounts{});
    flagged_ = true;
    whole_[n_done_] = 0;
    return counts_.data() + slot();
}

/// A slot says the same of one whole tick after the other, and is seldom written.
void BlockEnergy::finish_counts() noexcept {
    TickCounts* const counts = counts_.data() + slot();
    if (flagged_) {
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            counts[lane].n_frames += n_whole_;
            counts[lane].n_valid += n_whole_;
        }
    } else if (whole_[n_done_] != n_whole_) {
        std::fill_n(counts, lanes_, TickCounts{.n_frames = n_whole_, .n_valid = n_whole_});
        whole_[n_done_] = n_whole_;
    }
}

void BlockEnergy::advance(std::size_t n_frames) noexcept {
    next_frame_ += n_frames;
    if (next_frame_ < tick_end_) return;
    finish_counts();
    ticks_[n_done_] = {tick_, {energy_.data() + slot(), n_channels_}, {counts_.data() + slot(), n_channels_}, flagged_ ? 0 : n_whole_};
    flagged_ = false;
    n_whole_ = 0;
    ++n_done_;
    ++tick_;
    tick_end_ = rate_.first_frame_of(tick_ + 1);
    std::fill_n(energy_.begin() + static_cast<std::ptrdiff_t>(slot()), lanes_, 0.0);
}

std::span<const EnergyTick> BlockEnergy::process(const Block<unit::Microvolt>& block) noexcept {
    begin_call();
    for (std::size_t done = 0; done < block.n_frames();) {
        const Block<unit::Microvolt> part = block.from(done).first(n_of_tick(block.n_frames() - done));
        const bool flagged = add_squares({part.lanes(0).data(), part.flags(0).data(), part.stride(), part.n_frames()}, energy_.data() + slot());
        if (flagged) count_flags(part);
        else n_whole_ += static_cast<std::uint32_t>(part.n_frames());
        advance(part.n_frames());
        done += part.n_frames();
    }
    return {ticks_.data(), n_done_};
}

void BlockEnergy::count_flags(const Block<unit::Microvolt>& part) noexcept {
    const auto n_frames = static_cast<std::uint32_t>(part.n_frames());
    TickCounts* const all = begin_counts();
    for (std::size_t group = 0; group < lanes_; group += kLanes) {
        TickCounts* const counts = all + group;
        const std::uint8_t* const flags = part.flags(0).data() + group;
        const bool flagged = any_flagged(flags, part.stride(), part.n_frames());
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            if (!flagged) {
                counts[lane].n_frames += n_frames;
                counts[lane].n_valid += n_frames;
                continue;
            }
            for (std::size_t i = 0; i < part.n_frames(); ++i) count(counts[lane], flags[i * part.stride() + lane]);
        }
    }
}

std::span<const EnergyTick> BlockEnergy::skip(std::size_t n_frames) noexcept {
    begin_call();
    for (std::size_t done = 0; done < n_frames;) {
        const std::size_t n = n_of_tick(n_frames - done);
        TickCounts* const counts = begin_counts();
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            counts[lane].n_frames += static_cast<std::uint32_t>(n);
            counts[lane].n_gap += static_cast<std::uint32_t>(n);
        }
        advance(n);
        done += n;
    }
    return {ticks_.data(), n_done_};
}

}  // namespace tonus
