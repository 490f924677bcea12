#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/gate.hpp"
#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/mains_detector.hpp"
#include "engine/condition/spike_detector.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/level_estimator.hpp"
#include "engine/envelope/moving_rms.hpp"
#include "engine/envelope/signal_quality.hpp"
#include "engine/envelope/whitening.hpp"
#include "engine/pipeline/taps.hpp"
#include "engine/pipeline/template_path.hpp"
#include "engine/pipeline/vibration_path.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus {

struct EmgChainConfig {
    GateConfig gate;
    ConditionConfig condition;
    double window_s = 0.25;
    Estimator estimator = Estimator::rms;
    /// Per channel; empty: no whitening.
    std::vector<std::optional<WhiteningFit>> whitening = {};
    bool spectra = true;
    bool ecg_template = false;  ///< path B beside path A
    bool find_mains = false;    ///< detect hum and cancel it; else only what `condition` says
    bool find_vibration = false;  ///< set_vibration() will be told of it
    double vibration_hz = 0.0;    ///< of a platform the person stands on; 0: none known
    /// Per channel, of the calibration; 0 or absent where there is none.
    std::vector<double> rest_uv = {};
    std::vector<double> mvc_uv = {};
};

/// Receives each tick of a chain as it is done.
class EmgTickSink {
public:
    virtual ~EmgTickSink() = default;
    virtual void on_tick(const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) noexcept = 0;

    /// With path B: its envelope, before on_tick() of the same tick.
    virtual void on_template_tick(const Tick<unit::Microvolt>&) noexcept {}

    /// With find_vibration or vibration_hz: the envelope without the comb, before on_tick() of the same tick.
    virtual void on_uncombed_tick(const Tick<unit::Microvolt>&) noexcept {}
};

/// From the raw frames of one EMG stream to its envelope and spectra.
///
/// Real time  process() and gap() do not allocate, lock, throw or call the system.
class EmgChain {
public:
    EmgChain(const StreamInfo& stream, const EmgChainConfig& config);

    void process(const RawFrames& raw, EmgTickSink& out) noexcept;

    /// Frames that are missing. Call again with what it returns as left, so that a gap of hours
    /// does not fill the result rings in one go.
    std::uint64_t gap(std::uint64_t n_frames, EmgTickSink& out) noexcept;

    const Spectrum& spectrum() const noexcept { return spectrum_; }
    std::span<const SpectrumValue> spectra() const noexcept { return spectrum_.latest(); }
    std::span<const Quality> quality() const noexcept { return quality_.latest(); }
    /// What hum was found; nothing of it without find_mains.
    const MainsState& mains() const noexcept { return mains_state_; }

    /// From the next frame there is a vibration of this frequency; 0: none.
    void set_vibration(double f_hz) noexcept {
        if (vibration_) vibration_->set_frequency(f_hz);
    }
    bool vibrates() const noexcept { return vibration_ && vibration_->frequency_hz() > 0.0; }
    /// While it vibrates: the envelope times this is its lower bound.
    double comb_kept() const noexcept { return vibration_ ? vibration_->rms_kept() : 1.0; }
    double delay_s() const noexcept;
    bool band_limited() const noexcept { return condition_.band_limited(); }
    double low_pass_hz() const noexcept { return condition_.low_pass_hz(); }

    void set_taps(Taps* taps, std::size_t stream) noexcept;

private:
    void run(Block<unit::Microvolt> emg, EmgTickSink& out) noexcept;
    void passed(Stage stage) noexcept {
        if (taps_ != nullptr) taps_->passed(stage);
    }
    void finish_ticks(std::span<const EnergyTick> ticks, EmgTickSink& out, bool in_gap) noexcept;

    Gate gate_;
    Conditioner condition_;
    BlockEnergy energy_;
    MovingRms rms_;
    std::optional<LevelEstimator> estimator_;  // in the place of rms_
    std::optional<Whitening> whitening_;
    Spectrum spectrum_;
    std::optional<MainsDetector> mains_detector_;
    MainsState mains_state_ = {};
    MainsCanceller mains_;
    SpikeDetector spikes_;
    SignalQuality quality_;
    std::optional<TemplatePath> template_path_;
    std::optional<VibrationPath> vibration_;
    double window_s_;
    bool with_spectra_;
    std::uint64_t hold_frames_max_;
    bool in_long_gap_ = false;
    Taps* taps_ = nullptr;
    std::size_t stream_ = 0;
};

}  // namespace tonus
