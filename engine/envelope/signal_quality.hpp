#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/lane_cascade.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// The signal quality index of a channel over the last second, and the parts it is the product of,
/// each 0 to 1.
struct Quality {
    float index = 0.0f;
    float validity = 0.0f;    ///< share of samples that count
    float saturation = 1.0f;  ///< 1 - 40 times the share that clips
    float hum = 1.0f;         ///< muscle against what was taken off as mains
    float motion = 1.0f;      ///< the muscle's band against 0.5-20 Hz; 1 at rest, where it is not judged
    float noise = 1.0f;       ///< level against rest; 1 unless a contraction is judged
    float shape = 1.0f;       ///< kurtosis: muscle is near-Gaussian, spikes and hearts are not
};

struct SignalQualityConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    std::vector<double> rest_uv = {};  ///< per channel; 0 or absent: not calibrated
};

/// Judges each channel ten times a second over the last second.
///
/// Input      the same frames twice: gated, before the filters, and conditioned, with flags.
/// Real time  process() and the rest do not allocate, lock, throw or call the system.
/// Source     domain 2.5 (SMR), 2.9.
class SignalQuality {
public:
    explicit SignalQuality(SignalQualityConfig config);

    /// First the gated block; then, if hum is being taken off, the one before and the one after that;
    /// then the conditioned.
    void process_gated(const Block<unit::Microvolt>& gated) noexcept;
    void process_with_hum(const Block<unit::Microvolt>& filtered) noexcept;
    void process_without_hum(const Block<unit::Microvolt>& filtered) noexcept;
    void process(const Block<unit::Microvolt>& conditioned) noexcept;
    void skip(std::size_t n_frames) noexcept;

    /// After each tick: from here latest() is what was known when the tick's last frame came, not
    /// what the block that brought it knew further on.
    void tick(std::uint64_t index) noexcept;

    std::span<const Quality> latest() const noexcept { return latest_; }
    /// The noise part belongs to it only while a contraction is asked for.
    void judge_contraction(bool on) noexcept { contraction_ = on; }

private:
    static constexpr std::size_t kParts = 10;

    struct Counts {
        std::uint32_t n_frames = 0, n_valid = 0, n_saturated = 0;
    };
    /// Sums over a tenth of a second, or over all of them; [lane], of the valid conditioned samples.
    struct Sums {
        explicit Sums(std::size_t n_lanes);
        void clear() noexcept;
        void add(const Sums& other) noexcept;

        AlignedVector<double> square, fourth;
        AlignedVector<double> low_square;   // 0.5-20 Hz, of sums of n_mean_ frames
        AlignedVector<double> hum_square;   // of what was taken off as mains
        std::uint32_t n_whole = 0;          // frames that count in all channels
        std::vector<Counts> counts;         // of runs with flags in them
        bool has_counts = false, has_hum = false;
    };
    void add_low(const Block<unit::Microvolt>& conditioned, std::size_t from, std::size_t to) noexcept;
    void count(const Block<unit::Microvolt>& part) noexcept;
    void advance(std::size_t n_frames) noexcept;
    std::size_t n_of_part(std::size_t n) const noexcept;
    Quality judge(std::size_t channel) const noexcept;

    SignalQualityConfig config_;
    std::size_t lanes_;
    std::size_t n_mean_;                    // frames of one mean
    LaneCascade<double> low_band_;          // of means; half a hertz leaves floats few digits
    AlignedVector<float> mean_sum_uv_;      // [lane], of the mean under way
    std::size_t n_in_mean_ = 0;
    AlignedVector<double> low_uv_;          // [mean][lane], of the gated block that came last
    std::array<std::size_t, kBlockFrames> low_at_{};  // [mean], its last frame in that block
    std::size_t n_low_ = 0;
    std::vector<Sums> parts_;               // kParts
    Sums all_;                              // of them
    AlignedVector<float> hum_uv_;             // what the canceller took off the block that came last
    bool has_hum_ = false;
    std::vector<Quality> latest_;
    // Judged, and not yet published: a block holds the ends of a few parts at most.
    static constexpr std::size_t kPendingMax = 8;
    std::vector<Quality> pending_;          // [of kPendingMax][channel]
    std::array<std::uint64_t, kPendingMax> pending_end_{};
    std::size_t n_pending_ = 0;
    std::uint64_t n_part_;
    std::uint64_t n_frames_ = 0;
    std::size_t part_ = 0;
    bool contraction_ = false;
};

}  // namespace tonus
