#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/condition/folded_transform.hpp"
#include "engine/condition/mains_lanes.hpp"
#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// 50 to 450 Hz.
inline constexpr std::size_t kMainsHarmonicsMax = 9;

/// The spectra of a stream near the multiples of 50 and of 60 Hz, and nowhere else.
///
/// Each multiple is mixed down to 0 Hz and summed over 20 ms; over a second of these sums goes a Fourier
/// transform on a grid of 0.5 Hz, 5 Hz to either side. A spectrum takes 4 s: the mean (Welch) of
/// three Hann windows of 2 s, half overlapped. The next follows without a break. Sixteen lines cost as much as
/// the rest of the conditioning, so of each base only the fundamental is looked at until its harmonics are asked for.
///
/// Input      differences from sample to sample, so that a drifting electrode does not leak in.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. The lines of a second
///            are transformed during the 20 ms after it, one after the other, so that no frame carries them all.
class MainsSpectra {
public:
    static constexpr std::size_t kBases = 2;
    static constexpr std::array<double, kBases> kNominalHz{50.0, 60.0};

    MainsSpectra(Rate rate, std::size_t n_channels, double high_hz);

    /// Takes frames up to the one with which a spectrum becomes whole, or else all; says how many.
    std::size_t process(const Block<unit::Microvolt>& block) noexcept;
    /// Whether a spectrum became whole with the last of them.
    bool is_whole() const noexcept { return is_whole_; }
    void restart() noexcept;

    /// How many multiples the last whole spectrum looked at: one, or all up to the upper edge; none if that is lower.
    std::size_t n_harmonics(std::size_t base) const noexcept { return bases_[base].n_lines; }
    bool with_harmonics(std::size_t base) const noexcept { return bases_[base].with_harmonics; }

    /// Both hold from the next spectrum on; it is the one that follows when set as soon as the last is whole.
    void set_harmonics(std::size_t base, bool with) noexcept { bases_[base].next_with_harmonics = with; }
    /// The frequency whose multiples are looked at.
    void set_centre(std::size_t base, double f_hz) noexcept { bases_[base].next_centre_hz = f_hz; }

    /// What the last whole spectrum says of a harmonic (from 1) in one channel.
    struct Value {
        bool judged = false;   ///< enough of the samples were good, and there was a signal
        float ratio = 0.0f;    ///< R_k of domain 2.3
        float peak_hz = 0.0f;  ///< of the largest within 1 Hz, divided by k
        float hum_uv2 = 0.0f;  ///< power of the line above what lies beside it; never negative
        float beside_uv2 = 0.0f;      ///< power beside the line, in the width that was searched
        float density_uv2_hz = 0.0f;  ///< and per Hz
    };
    const Value& value(std::size_t base, std::size_t harmonic, std::size_t channel) const noexcept {
        return values_[(bases_[base].first_line + harmonic - 1) * lanes_ + channel];
    }

private:
    struct Base {
        double centre_hz = 0.0, next_centre_hz = 0.0;
        double half_centre_hz = 0.0;  // of the half being transformed
        double phase = 0.0;           // in turns, at the beginning of the block under way
        bool with_harmonics = false, next_with_harmonics = false;
        std::size_t n_lines_max = 0;
        std::size_t first_line = 0, n_lines = 0;
    };
    struct Line {
        std::size_t base = 0;
        std::size_t harmonic = 1;
    };
    /// Where a block stands.
    struct Place {
        std::size_t block = 0;  // in the half of a window
        std::size_t half = 0;   // in the spectrum
    };

    void keep(const Block<unit::Microvolt>& run) noexcept;
    void end_block() noexcept;
    void end_half() noexcept;
    void begin_spectrum() noexcept;
    void mix() noexcept;
    void transform(std::size_t line) noexcept;
    void add_window(std::size_t line) noexcept;
    void evaluate(std::size_t line) noexcept;

    float* block_sums(std::size_t line, std::size_t part) noexcept { return block_sums_.data() + (2 * line + part) * n_half_ * lanes_; }
    MainsBins zero_bin(std::size_t half, std::size_t line) noexcept;

    std::size_t lanes_, n_channels_;
    double rate_hz_;
    std::size_t n_block_, n_half_, n_flagged_max_;
    std::array<Base, kBases> bases_ = {};
    std::array<Line, kBases * kMainsHarmonicsMax> lines_ = {};
    std::size_t n_lines_ = 0;  // looked at
    FoldedTransform mixer_;    // of the frames of a block to its lines
    FoldedTransform bins_of_;  // of the blocks of a half to its bins from 0 Hz up
    std::vector<std::complex<float>> turns_;  // [bin from 0 Hz up], from the middle of a half to its beginning

    std::size_t frame_ = 0;  // in the block under way
    Place place_ = {};       // of that block
    bool has_last_ = false;
    bool is_whole_ = false;
    AlignedVector<float> frames_;           // [frame before the block, then those of it][lane]
    std::vector<std::uint32_t> n_flagged_;  // [channel], in the half under way
    AlignedVector<float> cosines_, sines_;  // [line or bin][lane], what a transform gave

    bool has_half_ = false;      // one to be transformed
    std::size_t half_ = 0;       // which
    std::size_t next_line_ = 0;  // of it
    AlignedVector<float> block_sums_;                        // [line][re, im][block of the half][lane]
    std::array<std::vector<std::uint8_t>, 2> half_ok_ = {};  // [half % 2][channel]

    AlignedVector<float> half_re_, half_im_;  // [half % 2][line][bin][lane]
    std::vector<float> weight_;               // [lane], 0 where a window does not count
    AlignedVector<float> power_;              // [line][bin][lane], summed over windows
    std::vector<std::uint8_t> n_windows_;     // [line][lane], in power_
    std::vector<Value> values_;               // [line][lane]
};

}  // namespace tonus
