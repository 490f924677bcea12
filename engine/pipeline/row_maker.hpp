#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/activation/activation.hpp"
#include "engine/load/group_cusum.hpp"
#include "engine/load/load_flag.hpp"
#include "engine/normalise/normalise.hpp"
#include "engine/pipeline/montage_tick.hpp"
#include "engine/pipeline/muscles.hpp"
#include "engine/pipeline/reference_watch.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/pipeline/tally.hpp"
#include "engine/pipeline/taps.hpp"
#include "engine/pipeline/unmixing.hpp"
#include "engine/sinks/result_ring.hpp"

namespace tonus {

/// The second half of the chain, from the envelopes of a tick to its row: fractions of maximum,
/// groups, load, flag, events, account. The causal pipeline and its offline twin share it.
///
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state.
class RowMaker {
public:
    /// @param rate  of the stream that gives the ticks
    RowMaker(const Session& session, const Rate& rate);

    /// @param channels  of the montage, the same at every call, with quality, spectra and bounds filled in; levels
    ///                  and their status are filled in here
    void process(const MontageTick& montage, std::span<ChannelResult> channels, ResultPort& out, Taps* taps = nullptr) noexcept;

    double flag_delay_s() const noexcept { return load_.delay_s(); }
    const Tally& tally() const noexcept { return tally_; }

private:
    void report_flag(const LoadTick& load, const LoadResult& flag, double time_s, ResultPort& out) noexcept;
    Tick<unit::Mvc> fill_levels(const MontageTick& montage, std::span<ChannelResult> channels) noexcept;

    Normalise normalise_;
    Muscles muscles_;
    std::optional<Normalise> normalise_template_;  // with ECG path B
    Activation activation_;
    std::optional<Unmixing> unmixing_;
    LoadFlag load_;
    std::optional<GroupCusum> cusum_;  // engine B, instead of load_
    float limit_mvc_;
    Tally tally_;
    ReferenceWatch references_;
    LoadResult last_ = {};
    bool reported_ = false;
};

}  // namespace tonus
