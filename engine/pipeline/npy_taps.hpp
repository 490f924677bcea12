#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/npy.hpp"
#include "engine/pipeline/taps.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// Writes the output of every stage of an offline run as NumPy arrays into a folder.
///
/// Per stream that is used, named <number>_<stream>:
///   _gated         (frames, channels)  µV, offset off
///   _conditioned   (frames, channels)  µV, after the filters
///   _flags         (frames, channels)  why a sample does not count (sample_flag, core/block.hpp)
///   _energy        (ticks, channels)   µV², sum over the valid samples of 10 ms
///   _valid         (ticks, channels)   how many those are
///   _envelope      (ticks, channels)   µV RMS; NaN where it is not valid
///   _template      (ticks, channels)   the same of ECG path B, where it is on: of 200 ms before
///   _template_samples (frames, channels)  µV of path B, 200 ms late
/// and activation (ticks, channels of the montage), fractions of MVC; NaN where not valid.
/// Row i is frame i or tick i of the stream: frames of a gap too long to run over are NaN.
///
/// Errors   Error (failed) when the disk refuses.
class NpyTaps final : public Taps {
public:
    NpyTaps(Files& files, const std::string& folder, const SessionInfo& session);

    void gated(std::size_t stream, const Block<unit::Microvolt>& emg) override;
    void conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) override;
    void skipped(std::size_t stream, std::size_t n_frames) override;
    void energy(std::size_t stream, const EnergyTick& tick) override;
    void envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) override;
    void template_samples(std::size_t stream, const Block<unit::Microvolt>& emg) override;
    void template_tick(std::size_t stream, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) override;
    void activation(const Tick<unit::Mvc>& tick) override;

    void close();  ///< completes the files; throws Error, also what went wrong before

private:
    struct StreamFiles {
        NpyWriter gated, conditioned, flags, energy, valid, envelope;
        std::optional<NpyWriter> path_b = {}, path_b_samples = {};
    };

    StreamFiles& files_of(std::size_t stream);

    /// The chain that calls may not throw: the first failure is kept for close(), and ends the writing.
    template <class Work>
    void guarded(Work work) noexcept {
        if (failure_) return;
        try {
            work();
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    Files& files_;
    std::string folder_;
    std::vector<StreamInfo> streams_;
    std::vector<std::unique_ptr<StreamFiles>> per_stream_;  ///< made with its first frames
    NpyWriter activation_;
    std::vector<float> row_;
    std::exception_ptr failure_;
};

}  // namespace tonus
