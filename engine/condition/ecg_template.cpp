#include "engine/condition/ecg_template.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tonus {
namespace {

constexpr double kHalfS = 0.090, kQrsS = 0.055, kShiftS = 0.005;
constexpr double kProductHz = 1000.0;    // shows the whole product of two signals of at most 450 Hz
constexpr double kCorrelationMin = 0.6;
constexpr double kMuscleMax = 3.0;       // RMS outside the QRS over that of the template
constexpr double kQuiet = 0.5;           // a share of the template's power: a true beat would correlate with 0.8
constexpr double kForget = 1.0 / 32.0;
constexpr double kGainMin = 0.5, kGainMax = 1.5;
// What is known of a beat before it is looked at: the detector's error, and how beats differ in size
// (domain 11.4: 5 %, and 10 % with the breath).
constexpr double kShiftSdS = 0.0015, kGainSd = 0.15;
constexpr float kColour = 3.0f;          // samples of EMG at 1 kHz per independent one: fs / 2 B_s
constexpr int kRelearnAfter = 8;
constexpr std::size_t kWaitingMax = 4;

BeatWindow beat_window(const Rate& rate) {
    return {.n_half = static_cast<std::size_t>(rate.frames_in(kHalfS)),
            .n_qrs = static_cast<std::size_t>(rate.frames_in(kQrsS)),
            .n_shift = static_cast<std::size_t>(rate.frames_in(kShiftS)),
            .n_apart = std::max<std::size_t>(1, static_cast<std::size_t>(rate.hz() / kProductHz))};
}

std::vector<float> shift_penalties(const Rate& rate, const BeatWindow& window) {
    std::vector<float> penalties;
    for (std::size_t shift = 0; shift < window.n_shifts(); ++shift) {
        const double sds = (rate.time_s(shift) - rate.time_s(window.n_shift)) / kShiftSdS;
        penalties.push_back(static_cast<float>(0.5 * sds * sds));
    }
    return penalties;
}

}  // namespace

EcgTemplate::EcgTemplate(const EcgTemplateConfig& config)
    : n_channels_(config.n_channels),
      window_(beat_window(config.rate)),
      n_delay_(static_cast<std::size_t>(config.rate.frames_in(kDelayS))),
      n_ring_(n_delay_ + 2 * kBlockFrames),
      lanes_(padded_lanes(n_channels_)),
      samples_(n_ring_ * lanes_, 0.0f),
      flags_(n_ring_ * lanes_, sample_flag::settling),
      seam_(kBlockFrames * lanes_, 0.0f),
      seam_flags_(kBlockFrames * lanes_, 0),
      penalty_(shift_penalties(config.rate, window_)),
      means_(lanes_ * window_.n_beat(), 0.0f),
      stretch_(window_.n_rows() * kLanes, 0.0f),
      heart_(window_.n_stretch() * kLanes, 0.0f),
      n_beats_(n_channels_, 0),
      n_rejected_(n_channels_, 0),
      waiting_(kWaitingMax) {}

void EcgTemplate::beat(const Beat& beat) noexcept {
    if (n_waiting_ < kWaitingMax) waiting_[n_waiting_++] = beat;
}

void EcgTemplate::restart(std::uint64_t n_frames) noexcept {
    n_frames_ += n_frames;
    n_waiting_ = 0;
    std::fill(samples_.begin(), samples_.end(), 0.0f);
    std::fill(flags_.begin(), flags_.end(), sample_flag::settling);
}

Block<unit::Microvolt> EcgTemplate::process(const Block<unit::Microvolt>& block) noexcept {
    each_run(n_frames_, block.n_frames(), [&](std::size_t done, std::size_t at, std::size_t n) {
        std::copy_n(block.lanes(done).data(), n * lanes_, samples_.begin() + static_cast<std::ptrdiff_t>(at * lanes_));
        std::copy_n(block.flags(done).data(), n * lanes_, flags_.begin() + static_cast<std::ptrdiff_t>(at * lanes_));
    });
    // A beat reaches back 190 ms from the frame that completes it, and those before have left by then: so it may be
    // taken off at the beginning of that frame's block, whatever the cut.
    while (n_waiting_ > 0 && completed_at(waiting_[0]) < n_frames_ + block.n_frames()) {
        finish_beat(waiting_[0]);
        std::copy(waiting_.begin() + 1, waiting_.end(), waiting_.begin());
        --n_waiting_;
    }
    const Block<unit::Microvolt> given = delayed(block.n_frames());
    n_frames_ += block.n_frames();
    return given;
}

/// The frames of 200 ms before the next ones.
Block<unit::Microvolt> EcgTemplate::delayed(std::size_t n_frames) noexcept {
    const std::uint64_t first = n_frames_ + n_ring_ - n_delay_;
    const std::size_t begin = static_cast<std::size_t>(first % n_ring_);
    if (begin + n_frames <= n_ring_) return {samples_.data() + begin * lanes_, flags_.data() + begin * lanes_, n_channels_, n_frames};
    each_run(first, n_frames, [&](std::size_t done, std::size_t at, std::size_t n) {
        std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at * lanes_), n * lanes_, seam_.begin() + static_cast<std::ptrdiff_t>(done * lanes_));
        std::copy_n(flags_.begin() + static_cast<std::ptrdiff_t>(at * lanes_), n * lanes_, seam_flags_.begin() + static_cast<std::ptrdiff_t>(done * lanes_));
    });
    return {seam_.data(), seam_flags_.data(), n_channels_, n_frames};
}

/// Calls back for what lies in one piece: (frames before it, where it begins in the ring, how many).
template <class Take>
void EcgTemplate::each_run(std::uint64_t first, std::size_t n_frames, Take take) const noexcept {
    const auto at = static_cast<std::size_t>(first % n_ring_);
    const std::size_t n_to_end = std::min(n_frames, n_ring_ - at);
    take(std::size_t{0}, at, n_to_end);
    if (n_to_end < n_frames) take(n_to_end, std::size_t{0}, n_frames - n_to_end);
}

void EcgTemplate::finish_beat(const Beat& beat) noexcept {
    const std::size_t n_before = window_.n_half + window_.n_shift;
    // Part of it has left already: a beat that became known too late.
    if (n_frames_ > beat.r_frame + n_delay_ - n_before || beat.r_frame < n_before) return;
    for (std::size_t lane = 0; lane < lanes_; lane += kLanes) finish_group(lane, beat);
}

/// The most likely shift and size of a beat in each channel, given the muscle around it: where that is loud, chance
/// would shift a beat by milliseconds, and the detector knew better.
void EcgTemplate::finish_group(std::size_t first_lane, const Beat& beat) noexcept {
    const std::uint64_t first = beat.r_frame - window_.n_half - window_.n_shift;
    float* const mean = means_.data() + first_lane * window_.n_beat();
    const std::size_t n_lanes = std::min(kLanes, n_channels_ - first_lane);
    const Flagged flagged = gather(first_lane, first);
    find_shifts(window_, stretch_.data(), mean, penalty_.data(), kColour, fit_);
    for (std::size_t lane = 0; lane < n_lanes; ++lane) {
        if (!is_subtracting(first_lane + lane)) fit_.shift[lane] = static_cast<std::int32_t>(window_.n_shift);
    }
    align_and_fit(window_, stretch_.data(), mean, fit_);
    for (BeatFit::Lanes<float>& gain : fit_.gain) gain.fill(0.0f);
    fit_.forget.fill(0.0f);
    for (std::size_t lane = 0; lane < n_lanes; ++lane) {
        if (flagged[lane] == 0) judge(first_lane + lane, lane, beat.confirmed);
    }
    const float* const gains = fit_.gain[1].data();
    const bool subtracts = std::any_of(gains, gains + kLanes, [](float gain) { return gain > 0.0f; });
    if (subtracts) {
        scale_beat(window_, mean, fit_, heart_.data());
        subtract(first_lane, first);
    }
    learn_beat(window_, stretch_.data(), fit_, mean);
}

/// Lays the channels' samples side by side, with as many more as a beat may be shifted by.
EcgTemplate::Flagged EcgTemplate::gather(std::size_t first_lane, std::uint64_t first) noexcept {
    std::uint64_t any = 0, of_frame = 0;
    static_assert(sizeof of_frame == sizeof(Flagged));
    each_run(first, window_.n_stretch(), [&](std::size_t done, std::size_t at, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t k = done + i, from = (at + i) * lanes_ + first_lane;
            std::copy_n(samples_.data() + from, kLanes, stretch_.data() + k * kLanes);
            std::memcpy(&of_frame, flags_.data() + from, kLanes);
            any |= k >= window_.n_shift && k < window_.n_shift + window_.n_beat() ? of_frame : 0;
        }
    });
    Flagged flagged;
    std::memcpy(flagged.data(), &any, kLanes);
    return flagged;
}

/// What this beat changes in a channel: its signal, its mean beat, both or none.
void EcgTemplate::judge(std::size_t channel, std::size_t lane, bool confirmed) noexcept {
    const auto of_lane = [lane](const BeatFit::Lanes<float>& lanes) { return static_cast<double>(lanes[lane]); };
    const bool is_known = is_subtracting(channel);
    const double muscle_uv2 = of_lane(fit_.muscle_uv2), noise_uv2 = static_cast<double>(kColour) * muscle_uv2;
    const double prior = noise_uv2 / (kGainSd * kGainSd);
    double product = 0.0, mean_square = 0.0;
    for (std::size_t part = 0; part < fit_.gain.size(); ++part) {
        const double p = of_lane(fit_.product[part]), m2 = of_lane(fit_.mean_square[part]);
        const double gain = m2 > 0.0 ? std::clamp((p + prior) / (m2 + prior), kGainMin, kGainMax) : 0.0;
        fit_.gain[part][lane] = is_known && confirmed ? static_cast<float>(gain) : 0.0f;
        product += p;
        mean_square += m2;
    }
    const double squares = of_lane(fit_.square) * mean_square;
    const double template_uv2 = mean_square / static_cast<double>(window_.n_beat());
    const bool resembles = !is_known || (squares > 0.0 && product >= kCorrelationMin * std::sqrt(squares));
    const bool loud = is_known && muscle_uv2 > kMuscleMax * kMuscleMax * template_uv2;
    if (resembles && !loud) {
        fit_.forget[lane] = static_cast<float>(std::max(1.0 / (n_beats_[channel] + 1), kForget));
        ++n_beats_[channel];
    }
    // With as much muscle as heart no beat resembles the template, and that says nothing about it.
    const bool quiet = muscle_uv2 < kQuiet * template_uv2;
    if (resembles) n_rejected_[channel] = 0;
    else if (quiet && ++n_rejected_[channel] >= kRelearnAfter) n_beats_[channel] = n_rejected_[channel] = 0;
}

void EcgTemplate::subtract(std::size_t first_lane, std::uint64_t first) noexcept {
    each_run(first, window_.n_stretch(), [&](std::size_t done, std::size_t at, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            const float* const heart = heart_.data() + (done + i) * kLanes;
            float* const samples = samples_.data() + (at + i) * lanes_ + first_lane;
            std::array<float, kLanes> left;  // of its own: the compiler sees that nothing overlaps
            for (std::size_t lane = 0; lane < kLanes; ++lane) left[lane] = samples[lane] - heart[lane];
            std::copy_n(left.data(), kLanes, samples);
        }
    });
}

}  // namespace tonus
