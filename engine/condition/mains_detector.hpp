#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// 50 to 450 Hz.
inline constexpr std::size_t kMainsHarmonicsMax = 9;

/// What is known of the mains hum in a stream. By default there is none.
struct MainsState {
    double nominal_hz = 0.0;    ///< 50 or 60; 0: none
    double frequency_hz = 0.0;  ///< as measured when it was found, to some 0.05 Hz; 0: none
    std::bitset<kMainsHarmonicsMax> harmonics = {};  ///< bit k - 1: there is hum at k times the frequency
    std::size_t strongest_channel = 0;               ///< the one with the largest R_1
    float strongest_ratio = 0.0f;                    ///< its R_1
    /// The frame from which this holds, a block after it was found: so what follows changes at the
    /// same frame however the stream is cut.
    std::uint64_t from_frame = 0;
};

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

struct MainsDetectorConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    float on_ratio = 4.0f;             ///< a harmonic is there when R_k is above in two successive spectra
    float off_ratio = 2.0f;            ///< and gone when below
    double emg_to_mains_db_max = 9.0;  ///< a channel with less hum than that needs no help
    double high_hz = 450.0;            ///< no harmonic above; lowered to 0.45 of the rate
};

/// Says whether there is hum of 50 or 60 Hz, and which of its harmonics.
///
/// Input      gated microvolts before any filter: in place of a lost sample stands the last good one.
///            A window with more than a tenth of flagged samples is not judged.
/// Output     found 8 to 12 s after it began: first the fundamental, where the larger R_1 says 50 or 60,
///            then its harmonics, around multiples of the measured frequency. Only channels whose EMG is
///            less than 9 dB above their hum are asked, and so nothing is found under a contraction.
///            Nothing is lost under one either: a harmonic is gone when R_k is below 2 in a spectrum quiet
///            enough to show the hum last measured. Without the fundamental there are no harmonics.
/// Real time  process(), skip() and restart() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 2.3, "Detection".
class MainsDetector {
public:
    /// Throws Error for a rate under 100 Hz, an upper edge over 450 Hz, or ratios that do not keep 1 < off <= on.
    explicit MainsDetector(const MainsDetectorConfig& config);

    const MainsState& process(const Block<unit::Microvolt>& block) noexcept;

    /// Frames of a long gap. The spectrum under way is given up; what was found stays.
    void skip(std::uint64_t n_frames) noexcept;

    const MainsState& state() const noexcept { return state_; }
    const MainsSpectra& spectra() const noexcept { return spectra_; }
    std::uint64_t n_spectra() const noexcept { return n_spectra_; }

private:
    /// What earlier spectra said of a harmonic in one channel.
    struct Memory {
        std::uint8_t n_on = 0;  // successive spectra that showed it
        float hum_uv2 = 0.0f;   // when it was last seen
    };

    Memory& memory(std::size_t base, std::size_t harmonic, std::size_t channel) noexcept {
        return memories_[(base * kMainsHarmonicsMax + harmonic - 1) * config_.n_channels + channel];
    }
    void judge() noexcept;
    void remember(std::size_t base, std::size_t channel) noexcept;
    bool needs_help(std::size_t base, std::size_t channel) const noexcept;
    bool is_found(std::size_t base, std::size_t harmonic) noexcept;
    bool is_gone(std::size_t base, std::size_t harmonic) noexcept;
    std::size_t strongest(std::size_t base) const noexcept;
    void follow(std::size_t base) noexcept;

    MainsDetectorConfig config_;
    MainsSpectra spectra_;
    double emg_to_mains_max_;
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_spectra_ = 0;
    std::vector<Memory> memories_;  // [base][harmonic][channel]
    MainsState state_ = {};
};

}  // namespace tonus
