#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/condition/beat_rows.hpp"
#include "engine/condition/r_peak_detector.hpp"
#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct EcgTemplateConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
};

/// Takes the heart out of trunk EMG by subtracting each channel's own mean beat: ECG path B, for
/// reports, low activation and ratios. The load flag takes path A, which has no delay.
///
/// The template covers 90 ms on either side of R; what lies further out (P and T wave) is below the
/// 20 Hz of the band-pass. Each beat is shifted by up to 5 ms and scaled (0.5 to 1.5), the QRS
/// (±55 ms) and the rest apart, as far as the muscle around it lets either be known. A beat that does not resemble the template (correlation under 0.6)
/// does not change it; after eight such it is learnt anew.
///
/// Input      conditioned microvolts (20-450 Hz) with their flags, at most kBlockFrames frames.
/// Output     as many frames of 200 ms before; in the first 200 ms they are flagged `settling`.
/// Delay      0.2 s.
/// Real time  process(), beat() and restart() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, steps 2 and 3.
class EcgTemplate {
public:
    static constexpr double kDelayS = 0.200;
    static constexpr int kBeatsMin = 8;

    explicit EcgTemplate(const EcgTemplateConfig& config);

    /// A heart beat, before the block in which it became known is processed. One that is not
    /// confirmed is learnt from, and not touched.
    void beat(const Beat& beat) noexcept;

    /// A view until the next call.
    Block<unit::Microvolt> process(const Block<unit::Microvolt>& block) noexcept;

    /// After a gap that the filters did not run over: `n_frames` were not seen.
    void restart(std::uint64_t n_frames) noexcept;

    double delay_s() const noexcept { return kDelayS; }
    bool is_subtracting(std::size_t channel) const noexcept { return n_beats_[channel] >= kBeatsMin; }

private:
    void finish_beat(const Beat& beat) noexcept;
    void finish_group(std::size_t first_lane, const Beat& beat) noexcept;
    void judge(std::size_t channel, std::size_t lane, bool confirmed) noexcept;
    /// The frame that completes a beat, and the stretch it may lie in.
    std::uint64_t completed_at(const Beat& beat) const noexcept { return beat.r_frame + window_.n_half + window_.n_shift; }

    using Flagged = std::array<std::uint8_t, kLanes>;  // the flags of all frames of a beat
    Flagged gather(std::size_t first_lane, std::uint64_t first) noexcept;
    void subtract(std::size_t first_lane, std::uint64_t first) noexcept;
    Block<unit::Microvolt> delayed(std::size_t n_frames) noexcept;
    template <class Take>
    void each_run(std::uint64_t first, std::size_t n_frames, Take take) const noexcept;

    std::size_t n_channels_;
    BeatWindow window_;
    std::size_t n_delay_, n_ring_, lanes_;
    AlignedVector<float> samples_;        // [frame % n_ring_][lane]
    std::vector<std::uint8_t> flags_;
    AlignedVector<float> seam_;           // what is handed out where the ring ends: [frame][lane]
    std::vector<std::uint8_t> seam_flags_;
    std::vector<float> penalty_;          // of each shift
    AlignedVector<float> means_;          // mean beats: [group of kLanes][frame][lane]
    AlignedVector<float> stretch_;        // of the group in hand, around a beat: [frame][lane]
    AlignedVector<float> heart_;          // to be taken off it
    BeatFit fit_;                         // of the group in hand
    std::vector<int> n_beats_;            // learnt, per channel
    std::vector<int> n_rejected_;         // in a row
    std::uint64_t n_frames_ = 0;
    std::vector<Beat> waiting_;           // beats whose right side has not come yet, a ring of 4
    std::size_t n_waiting_ = 0;
};

}  // namespace tonus
