#pragma once

#include <array>
#include <cstdint>

#include "engine/load/load_flag.hpp"

namespace tonus {

/// Settings of a TargetBand.
struct TargetBandConfig {
    float low_mvc = 0.15f;   ///< under this: engage a little more
    float high_mvc = 0.33f;  ///< at or above this: ease off
    float return_share = 0.1f;  ///< of an edge: how far inside it a load must come back to count as inside
};

enum class BandState : std::uint8_t { below, inside, above, unknown };

struct BandResult {
    BandState state = BandState::unknown;
    Reason reason = Reason::none;  ///< why unknown
    bool changed = false;          ///< the state is another than a tick ago
};

/// Says whether a load lies in the band that the exercise aims at, and keeps the time in each part.
///
/// A load leaves the band at its edges and comes back a tenth inside of them, so that one held at
/// an edge does not flicker between two advices.
///
/// Input      the load that LoadFlag judges.
/// Output     unknown at once without a value. While a part of the load is missing only `above` is
///            said: the part may be the larger.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 6.1.
class TargetBand {
public:
    /// Throws Error unless 0 < low < high <= 2 and the returns lie inside: low (1 + s) < high (1 - s).
    explicit TargetBand(TargetBandConfig config = {});

    BandResult process(LoadTick load) noexcept;

    /// How long the load has been in a state since the start.
    double seconds_in(BandState state) const noexcept;

private:
    BandState side_of(float value_mvc) const noexcept;

    TargetBandConfig config_;
    BandState side_ = BandState::unknown;   // where the last value lay: hysteresis starts from it
    BandState said_ = BandState::unknown;
    int n_invalid_ = 0;
    std::array<std::uint64_t, 4> n_ticks_{};
};

}  // namespace tonus
