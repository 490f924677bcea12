#pragma once

#include <cstddef>
#include <optional>

#include "drivers/sim/jet.hpp"
#include "drivers/sim/options.hpp"

namespace tonus {

/// One repetition: it leaves the start, stays at the far end from `top_s` to `leave_s`, and is back.
struct Repetition {
    std::size_t set = 0;  ///< from 0
    double begin_s = 0.0, top_s = 0.0, leave_s = 0.0, end_s = 0.0;
};

/// How far a movement is.
struct MovementState {
    Jet out;                     ///< 0 at the start, 1 at the far end, along minimum-jerk curves
    Jet stir;                    ///< 0 while still, 1 at the greatest speed
    double effort = 0.0;         ///< of the muscles, as a share of what the far end takes
    std::size_t repetition = 0;  ///< the one under way, or the last one
};

/// When a task moves: repetitions in sets, with holds and rests.
///
/// The effort is sin^2 of a quarter turn at the far end, so that it follows the angle; lowering
/// takes 0.6 of what lifting and holding take, and changes over along 0.3 s.
///
/// Threads  a value without hidden state: safe to share.
/// Source   domain 11.2, 11.7, 11.8 (S8, S12).
class Movement {
public:
    explicit Movement(SimTask task) noexcept;

    /// False for tasks without a movement: then at() stays at the start.
    bool moves() const noexcept { return plan_.n_repetitions > 0; }

    /// A repetition by its number from 0; nothing after the last.
    std::optional<Repetition> repetition(std::size_t number) const noexcept;

    MovementState at(double t_s) const noexcept;

private:
    struct Plan {
        std::size_t n_repetitions = 0, n_sets = 1;  ///< repetitions in a set
        double begin_s = 0.0;
        double out_s = 1.0, hold_s = 0.0, back_s = 1.0, pause_s = 0.0;
        double rest_s = 0.0;      ///< between sets
        bool lifts_out = false;   ///< on the way out; else on the way back
    };
    static Plan plan_of(SimTask task) noexcept;
    double set_s() const noexcept;
    double cycle_s() const noexcept { return plan_.out_s + plan_.hold_s + plan_.back_s + plan_.pause_s; }
    double share_of_lifting(const Repetition& repetition, double t_s) const noexcept;

    Plan plan_;
};

}  // namespace tonus
