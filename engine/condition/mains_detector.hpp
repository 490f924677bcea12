#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/condition/mains_spectra.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

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
///            then, 4 s later, its harmonics, around multiples of the measured frequency. Only channels whose
///            EMG is less than 9 dB above their hum are asked, and so nothing is found under a contraction.
///            Nothing is lost under one either: a harmonic is gone when R_k is below 2 in a spectrum quiet
///            enough to show the hum last measured. Without the fundamental there are no harmonics, nor are
///            they looked for: sixteen lines cost eight times as much as two. An R_1 that lately went with less
///            hum than that, or is under 9, has them looked for when it is half as large again, or within a minute.
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
        // Of a fundamental: R_1 up to here needed no help of late. At first from domain 2.3: 9 dB below an EMG of
        // 100 Hz of bandwidth, which is little, hum reaches 9.
        float needless_ratio = 9.0f;
    };

    Memory& memory(std::size_t base, std::size_t harmonic, std::size_t channel) noexcept {
        return memories_[(base * kMainsHarmonicsMax + harmonic - 1) * config_.n_channels + channel];
    }
    /// Of the fundamental in each channel, then of its harmonics.
    Memory* of_base(std::size_t base) noexcept { return memories_.data() + base * kMainsHarmonicsMax * config_.n_channels; }
    void judge() noexcept;
    void forget_harmonics(std::size_t base) noexcept;
    void remember(std::size_t base, std::size_t channel) noexcept;
    bool needs_help(std::size_t base, std::size_t channel) const noexcept;
    bool shows(std::size_t base) noexcept;
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
