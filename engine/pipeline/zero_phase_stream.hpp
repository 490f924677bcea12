#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/gate.hpp"
#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/mains_detector.hpp"
#include "engine/condition/spike_detector.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/centred_rms.hpp"
#include "engine/envelope/signal_quality.hpp"
#include "engine/pipeline/emg_chain.hpp"
#include "engine/sinks/result.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus {

/// The offline twin of EmgChain: one EMG stream of a recording, kept whole, filtered forward and
/// backward, its envelope centred.
///
/// Use        append() and gap() in the order of the timeline, condition() once, then next() until
///            it is empty.
/// Hindsight  an electrode is off from when it came off, not from when that was sure; a spike is
///            marked 50 ms before it too; the last 20 ms before a hole settle, as those after it.
/// As live    hum is found and taken off by the same detector and canceller, whose delay is none,
///            after the filters; and spectra are those of the last whole window.
/// Memory     about 14 bytes a sample, of all channels.
/// Source     domain 2.2 "Offline form", 2.5, 2.7, 3.2.
class ZeroPhaseStream {
public:
    /// Throws Error as EmgChain does. `config.ecg_template` is not obeyed.
    ZeroPhaseStream(const StreamInfo& stream, const EmgChainConfig& config);

    void append(const RawFrames& raw);
    void gap(std::uint64_t n_frames);

    /// Samples kept so far, of all channels. Long gaps keep none.
    std::uint64_t n_samples() const noexcept { return lanes_.empty() ? 0 : lanes_.size() * lanes_[0].flags.size(); }

    void condition();

    /// The next tick's envelope, quality and spectrum per channel, without a fraction of MVC. Empty
    /// after the last tick. A view, until the next call.
    std::span<const ChannelResult> next() noexcept;

    /// When hum was found or went.
    std::span<const MainsState> mains_changes() const noexcept { return mains_changes_; }
    /// Of the envelope: none, or half a tick.
    double delay_s() const noexcept { return rms_.delay_s(); }

private:
    /// Frames between two long gaps, and the gap before them.
    struct Stretch {
        std::uint64_t n_gap = 0;
        std::size_t first = 0;  // where it lies in the lanes
        std::size_t n_frames = 0;
    };
    struct Lane {
        std::vector<Section> sections;
        std::size_t n_pad = 0;
        std::vector<float> gated_uv, conditioned_uv;
        std::vector<std::uint8_t> flags;
    };

    void keep(const Block<unit::Microvolt>& gated);
    void mark_in_hindsight(Lane& lane) const;
    void filter(Lane& lane) const;
    void watch();
    void watch_block(std::size_t first, std::size_t n_frames);
    void watch_gap(std::uint64_t n_frames);
    void end_ticks(std::size_t n_frames);
    Block<unit::Microvolt> block_of(std::vector<float> Lane::*samples, std::vector<float>& into, std::size_t first,
                                    std::size_t n_frames) noexcept;
    bool advance() noexcept;
    std::span<const ChannelResult> results_of(const Tick<unit::Microvolt>& envelope) noexcept;

    Rate rate_;
    std::uint64_t n_hold_max_;
    Gate gate_;
    MainsDetector mains_detector_;
    bool finds_mains_;
    MainsCanceller mains_;
    SpikeDetector spikes_;
    SignalQuality quality_;
    BlockEnergy energy_;
    Spectrum spectrum_;
    CentredRms rms_;

    std::vector<Stretch> stretches_;
    std::vector<Lane> lanes_;
    std::vector<MainsState> mains_changes_;
    std::vector<Quality> quality_of_ticks_;  // [tick][channel]
    std::uint64_t n_watched_ = 0;            // frames
    std::uint64_t n_ticks_ = 0;

    // One block, channel-interleaved.
    std::vector<float> gated_block_, block_;
    std::vector<std::uint8_t> flags_block_;

    // Where next() has come to.
    std::size_t stretch_ = 0;
    std::uint64_t n_gap_done_ = 0;
    std::size_t n_frames_done_ = 0;          // of the stretch
    std::span<const EnergyTick> ticks_;
    std::vector<ChannelResult> results_;
};

}  // namespace tonus
