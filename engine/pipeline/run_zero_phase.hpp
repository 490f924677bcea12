#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "engine/device/device.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// What SessionInfo::form says of results that were made with knowledge of the future.
inline constexpr const char* kZeroPhaseForm = "zero-phase offline";

struct ZeroPhaseOptions {
    ProgressCallback progress = {};
    /// Ends the reading early; what was read by then is worked on.
    const std::atomic<bool>* stop = nullptr;
    /// Of all EMG channels that are read. The default is 3.5 h of 8 channels at 1000 Hz: 1.4 GB, with
    /// path B and hum up to twice that.
    std::uint64_t n_samples_max = 100'000'000;
};

/// What the sinks are told: as the pipeline says it, but of this form, and without its delay.
/// Throws Error as run_zero_phase() does of what it cannot do.
SessionInfo zero_phase_info(std::span<Device* const> devices, const Session& session);

/// Runs one recording through the offline twin of the pipeline: filters forward and backward,
/// windows centred. The rows have the same columns, and no delay: what is at a time was then. Use
/// it to time contractions against other measurements and to judge the causal form; the same
/// references hold, because both forms keep the same corners: levels of simulated EMG differ by 0.1 %.
/// Two passes have steeper skirts, so recordings with more than EMG beside the band may differ more:
/// measured, -1.6 % in one at 250 Hz (Back.csv) and at most +0.2 % in one at 2000 Hz (analogs.csv).
///
/// The flag still needs its dwell, and so rises SessionInfo::flag_delay_s after the load.
/// Streams of the device begin together; ticks of the first EMG stream make the rows.
///
/// Memory     grows with the recording, which is read completely before the first row.
/// Refuses    (Error) several devices, devices that send live, another estimator than the RMS,
///            whitening, a vibration that the accelerometer hears and the session does not name,
///            recordings over the limit; and what Pipeline refuses.
/// Source     domain 2.2 to 2.4 "Offline", 3.2.
RunSummary run_zero_phase(std::span<Device* const> devices, const Session& session, std::span<Sink* const> sinks,
                          const ZeroPhaseOptions& options = {});

}  // namespace tonus
