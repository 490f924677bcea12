#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/beat_shape.hpp"
#include "engine/condition/heart_lead.hpp"
#include "engine/condition/heart_rhythm.hpp"
#include "engine/condition/lane_cascade.hpp"
#include "engine/condition/qrs_slope.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct RPeakConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
};

struct Beat {
    std::uint64_t r_frame = 0;  ///< of its R peak, counted from the first frame
    bool confirmed = false;     ///< by its shape; else by its steepness and rhythm alone, as a muscle may come
};

/// Finds the heart's R peaks in trunk EMG, on the channel where the heart stands out most.
///
/// All is done in 8-40 Hz. Candidates are found by their steepness, and a rhythm that many of them
/// agree on. Those in rhythm are told, not confirmed, and give the shape of a beat, if they are
/// alike: bursts of a muscle have neither rhythm nor shape. From then on beats are where the signal
/// holds that shape, under muscle as well. With none for 2.5 s of quiet signal it is given up.
///
/// The band ends at 40 Hz: 500 samples a second show it whole, and between them a parabola finds the frame of R.
/// While the shape is known only the channel that has it is looked at.
///
/// Input      gated microvolts, at most kBlockFrames frames.
/// Output     beats, each known within 100 ms.
/// Real time  process() and skip() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1; the matched filter is ours.
class RPeakDetector {
public:
    explicit RPeakDetector(const RPeakConfig& config);

    /// The beats that became known in this block; a view until the next call.
    std::span<const Beat> process(const Block<unit::Microvolt>& gated) noexcept;

    /// Frames of a long gap: everything is learnt anew after it.
    void skip(std::size_t n_frames) noexcept;

    bool has_heart() const noexcept { return lead_.found(); }
    std::size_t channel() const noexcept { return lead_.channel(); }
    double rr_s() const noexcept { return rhythm_.rr_s(); }  ///< the interval of the beats; 0: not known yet

private:
    std::size_t run(const Block<unit::Microvolt>& gated) noexcept;
    void take(const float* banded, const std::uint8_t* flags) noexcept;
    void take_by_slope(float slope) noexcept;
    void take_by_shape() noexcept;
    void look_at_match(double match, std::uint64_t centre) noexcept;
    void tell(std::uint64_t r_frame, bool confirmed) noexcept;
    std::uint64_t peak_around(std::uint64_t crossing) noexcept;
    void give_up_shape() noexcept;
    void search_anew() noexcept;
    std::uint64_t frame_of_r(std::uint64_t at, double before, double there, double after) const noexcept;
    float banded_at(std::uint64_t at) const noexcept { return banded_[at % banded_.size()]; }

    // Places in the signal are counted in samples of which one is taken every n_step_ frames.
    std::uint64_t n_step_;
    Rate rate_;                       // of those samples
    LaneCascade<float> band_;
    std::uint64_t band_delay_;        // frames, where the QRS has its power
    std::uint64_t n_ahead_;           // samples in which no better match may follow
    AlignedVector<float> lanes_;      // the block in 8-40 Hz
    std::vector<float> banded_;       // of the chosen channel, a ring
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_taken_ = 0;       // samples
    HeartLead lead_;
    QrsSlope slope_;
    HeartRhythm rhythm_;              // in frames
    BeatShape shape_;
    double polarity_ = 0.0;           // of the beats in 8-40 Hz
    bool any_peak_ = false;
    double match_power_ = 0.25;       // mean square of the match between beats
    double match_before_ = 0.0;       // of the sample before
    double best_match_ = 0.0;         // of the rise under way; 0: none
    double before_best_ = 0.0, after_best_ = 0.0;
    std::uint64_t best_at_ = 0;
    std::uint64_t last_match_ = 0;    // the last beat by shape
    std::array<Beat, 4> found_{};
    std::size_t n_found_ = 0;
};

}  // namespace tonus
