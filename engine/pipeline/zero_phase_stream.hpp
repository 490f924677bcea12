#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/spike_detector.hpp"
#include "engine/condition/zero_phase.hpp"
#include "engine/envelope/signal_quality.hpp"
#include "engine/pipeline/centred_envelope.hpp"
#include "engine/pipeline/emg_chain.hpp"
#include "engine/pipeline/kept_signal.hpp"
#include "engine/pipeline/zero_phase_mains.hpp"
#include "engine/pipeline/zero_phase_template.hpp"
#include "engine/sinks/result.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus {

/// What the offline twin says of one tick, per channel of the stream. Both are empty after the last.
struct ZeroPhaseTick {
    std::span<const ChannelResult> channels;   ///< without fractions of MVC
    std::span<const ChannelEnergy> energies;   ///< of the tick's own 10 ms
    std::optional<Tick<unit::Microvolt>> uncombed = {};  ///< with a vibration: the envelope without the comb
};

/// The offline twin of EmgChain: one EMG stream of a recording, kept whole, filtered forward and
/// backward, its envelope centred.
///
/// Use        append() and gap() in the order of the timeline, condition() once, then next() until
///            it is empty.
/// Order      as in the chain: filters, hum, comb, spikes, quality; path B from the gated signal.
/// Hindsight  an electrode is off from when it came off, not from when that was sure; a spike is
///            marked 50 ms before it too; the last 20 ms before a hole settle, as those after it;
///            hum is taken off from before it was found.
/// As live    spectra are those of the last whole window, quality is that of a second.
/// Memory     9 bytes a sample of every channel, 4 more with path B, with a vibration and with hum each.
/// Source     domain 2.2 to 2.4 "Offline", 2.5, 2.7, 3.2.
class ZeroPhaseStream {
public:
    /// Throws Error as EmgChain does.
    ZeroPhaseStream(const StreamInfo& stream, const EmgChainConfig& config);

    void append(const RawFrames& raw) { kept_.append(raw); }
    void gap(std::uint64_t n_frames) { kept_.gap(n_frames); }

    /// Samples kept so far, of all channels. Long gaps keep none.
    std::uint64_t n_samples() const noexcept { return kept_.n_samples(); }

    std::size_t n_channels() const noexcept { return kept_.n_channels(); }

    void condition();

    /// A view, until the next call.
    ZeroPhaseTick next() noexcept;

    /// What the comb keeps of the muscle; 1 without a vibration.
    double comb_kept() const noexcept { return comb_.rms_kept; }

    /// When hum was found or went.
    std::span<const MainsState> mains_changes() const noexcept { return mains_.changes(); }

private:
    struct Filter {
        std::vector<Section> sections;
        std::size_t n_pad = 0;
    };

    void comb_vibration();
    void watch(const Lanes& hum_uv);
    void watch_block(std::size_t first, std::size_t n_frames, const Lanes& hum_uv);
    void end_ticks(std::size_t n_frames);

    KeptSignal kept_;
    std::vector<Filter> filters_;            // [channel]
    bool finds_mains_;
    ZeroPhaseMains mains_;
    ZeroPhaseComb comb_;
    SpikeDetector spikes_;
    SignalQuality quality_;
    Spectrum spectrum_;
    CentredEnvelope envelope_, uncombed_;
    std::optional<ZeroPhaseTemplate> template_;

    Lanes conditioned_uv_;
    Lanes uncombed_uv_;                      // with a vibration
    BlockOfLanes gated_block_, block_;
    std::vector<Quality> quality_of_ticks_;  // [tick][channel]
    std::uint64_t n_watched_ = 0;            // frames
    std::uint64_t n_ticks_ = 0;
    std::vector<ChannelResult> results_;
    std::vector<ChannelEnergy> energies_;
};

}  // namespace tonus
