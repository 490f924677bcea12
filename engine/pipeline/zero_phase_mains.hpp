#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/mains_detector.hpp"
#include "engine/condition/mains_regression.hpp"
#include "engine/pipeline/kept_signal.hpp"

namespace tonus {

/// The hum in a kept signal, known for the whole of it before any of it is taken off.
///
/// Found by the detector of the live chain. It needs 8 to 12 s to be sure, so what it found is taken
/// off from 12 s before: in hindsight the hum was there.
/// Source     domain 2.3, "Offline".
class ZeroPhaseMains {
public:
    /// Looks through the gated signal for hum, and follows its frequency in the conditioned one.
    void find(const KeptSignal& kept, const Lanes& conditioned_uv);

    /// Takes it off a conditioned signal. Returns what was taken off; empty where none was found.
    Lanes take_off(const KeptSignal& kept, Lanes& conditioned_uv) const;

    /// When hum was found or went.
    std::span<const MainsState> changes() const noexcept { return changes_; }

private:
    void detect(const KeptSignal& kept);
    MainsState between(std::uint64_t from_frame, std::uint64_t to_frame) const;

    std::uint64_t n_detection_ = 0;                    // frames the detector may need
    std::vector<MainsState> states_;                   // whenever something changed
    std::vector<MainsState> changes_;                  // whenever the grid did
    std::vector<std::vector<MainsSegment>> segments_;  // [stretch][second]
};

}  // namespace tonus
