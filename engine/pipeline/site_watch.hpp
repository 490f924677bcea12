#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "engine/activation/site_check.hpp"
#include "engine/normalise/rest_level.hpp"
#include "engine/pipeline/effort_plan.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/quiet_taps.hpp"

namespace tonus {

/// Watches a run in which a person rests and then works one side of a site at a time, left first,
/// and says of each pair whether its cables are where they belong. It sets `done` after the last
/// effort.
///
/// Input      the efforts of `plan` are those of one_sided_efforts(): two for each pair.
/// Output     the level of an effort is the RMS of its hold, without the ramps; it counts when half
///            of its samples are valid. The resting level is that of RestLevel.
/// Threads    that of the pipeline; the findings are for after the run.
/// Source     domain 4.2.
class SiteWatch final : public QuietTaps {
public:
    /// Throws Error when the session does not fit the devices.
    SiteWatch(std::span<const std::span<const StreamInfo>> devices, const Session& session, std::vector<SitePair> pairs,
              EffortPlan plan, SiteCheckConfig config = {});

    void energy(std::size_t stream, const EnergyTick& tick) override;
    void envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) override;

    const std::atomic<bool>& done() const noexcept { return done_; }

    /// One per pair. An effort that never came leaves its pair unclear.
    std::vector<SiteFinding> findings() const;

private:
    struct Level {
        double energy_uv2 = 0.0;
        std::uint64_t n_valid = 0, n_frames = 0;

        double rms_uv() const noexcept;
    };
    double rest_uv(std::size_t channel) const;
    SideLevels levels_of(const SitePair& pair, std::size_t trial) const;

    EffortPlan plan_;
    std::vector<SitePair> pairs_;
    SiteCheckConfig config_;
    std::vector<ChannelPlace> places_;
    std::vector<std::optional<RestLevel>> rest_;  // per stream; those with channels
    std::vector<bool> stream_done_;               // the same; without channels from the start
    std::vector<std::vector<Level>> levels_;      // [trial][channel]
    std::atomic<bool> done_{false};
};

}  // namespace tonus
