#pragma once

#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/pipeline/centred_envelope.hpp"
#include "engine/pipeline/kept_signal.hpp"
#include "engine/pipeline/zero_phase_mains.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// ECG path B of a recording: 20-450 Hz forward and backward, the heart taken off by templates of the
/// beats on both sides, the envelope centred. The offline twin of TemplatePath, without its 200 ms.
///
/// Source     domain 2.4, path B, "Offline".
class ZeroPhaseTemplate {
public:
    ZeroPhaseTemplate(const Rate& rate, std::size_t n_channels, double mains_hz, double window_s);

    void condition(const KeptSignal& kept, const ZeroPhaseMains& mains);

    /// Fills in the envelope of the next tick.
    void next(const KeptSignal& kept, std::span<ChannelResult> channels) noexcept;

private:
    std::vector<Section> sections_;
    std::size_t n_pad_;
    CentredEnvelope envelope_;
    Lanes signal_uv_;
};

/// The heart's beats in a kept signal, as frames of its lanes: as the live detector finds them by their
/// shape, and those before it knew that shape by looking backward in time.
std::vector<std::size_t> find_beats(const KeptSignal& kept);

}  // namespace tonus
