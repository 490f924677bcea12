#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// 50 to 450 Hz.
inline constexpr std::size_t kMainsHarmonicsMax = 9;

/// The spectra of a stream near the multiples of 50 and of 60 Hz, and nowhere else.
///
/// Each multiple is mixed down to 0 Hz and summed over 20 ms; from these sums a Fourier transform on a grid
/// of 0.5 Hz, 5 Hz to either side, is summed up as they come. A spectrum takes 4 s: the mean (Welch) of
/// three Hann windows of 2 s, half overlapped. The next follows without a break.
///
/// Input      differences from sample to sample, so that a drifting electrode does not leak in.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. The lines of a block of
///            20 ms are taken up during the next, one after the other, so that no frame carries them all.
class MainsSpectra {
public:
    static constexpr std::size_t kBases = 2;
    static constexpr std::array<double, kBases> kNominalHz{50.0, 60.0};

    MainsSpectra(Rate rate, std::size_t n_channels, double high_hz);

    /// One frame. True when a spectrum has become whole with it.
    bool process(const float* frame_uv, const std::uint8_t* flags) noexcept;
    void restart() noexcept;

    std::size_t n_harmonics(std::size_t base) const noexcept { return bases_[base].n_lines; }

    /// The frequency whose multiples are looked at, from the next spectrum that begins.
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
    struct Oscillator {
        double re = 1.0, im = 0.0;
    };
    struct Base {
        double centre_hz = 0.0, next_centre_hz = 0.0;
        double taken_centre_hz = 0.0;  // of the block being taken up
        double phase = 0.0;  // in turns, at the beginning of the block
        Oscillator now = {}, step = {};
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

    void begin_block() noexcept;
    void end_block() noexcept;
    void mix(Base& base) noexcept;
    void add_block(std::size_t line) noexcept;
    void add_window(std::size_t line) noexcept;
    void evaluate(std::size_t line) noexcept;

    float* bins(std::vector<float>& of, std::size_t half, std::size_t line, std::size_t bin) noexcept;

    std::size_t lanes_, n_channels_;
    double rate_hz_;
    std::size_t n_block_, n_half_, n_flagged_max_;
    std::array<Base, kBases> bases_ = {};
    std::vector<Line> lines_;
    std::vector<float> cosines_, sines_;  // of a turn in 2 n_half_ steps

    std::size_t frame_ = 0;  // in the block under way
    Place place_ = {};       // of that block
    bool has_last_ = false;
    std::vector<float> last_uv_, step_uv_;  // [lane]
    std::vector<float> sum_re_, sum_im_;    // [line][lane]
    std::vector<std::uint32_t> n_flagged_;  // [channel], in the half under way

    bool has_taken_ = false;               // a block to be taken up
    Place taken_ = {};
    std::size_t next_line_ = 0;
    std::vector<float> taken_re_, taken_im_;          // [line][lane]
    std::array<std::vector<std::uint8_t>, 2> half_ok_ = {};  // [half % 2][channel]

    std::vector<float> half_re_, half_im_;  // [half % 2][line][bin][lane]
    std::vector<float> weight_;             // [lane], 0 where a window does not count
    std::vector<float> power_;              // [line][bin][lane], summed over windows
    std::vector<std::uint8_t> n_windows_;   // [line][lane], in power_
    std::vector<Value> values_;             // [line][lane]
};

}  // namespace tonus
