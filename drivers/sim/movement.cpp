#include "drivers/sim/movement.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonus {
namespace {

constexpr std::size_t kEndless = std::size_t{1} << 40;
constexpr double kEccentric = 0.6;    // lowering takes less than lifting (domain 11.2)
constexpr double kChangeOverS = 0.3;

/// s = 10 u^3 - 15 u^4 + 6 u^5 of the part of a way that is done; before and after it stands still.
Jet minimum_jerk(double into_s, double length_s) noexcept {
    const double u = std::clamp(into_s / length_s, 0.0, 1.0), v = 1.0 - u;
    return {u * u * u * (10.0 + u * (-15.0 + 6.0 * u)), 30.0 * u * u * v * v / length_s, 60.0 * u * v * (1.0 - 2.0 * u) / (length_s * length_s)};
}

/// Its speed as a share of the greatest: 16 u^2 (1 - u)^2.
Jet speed_share(double into_s, double length_s) noexcept {
    if (into_s <= 0.0 || into_s >= length_s) return {};
    const Jet u{into_s / length_s, 1.0 / length_s, 0.0}, v{1.0 - u.value, -u.rate, 0.0};
    return 16.0 * ((u * v) * (u * v));
}

}  // namespace

Movement::Movement(SimTask task) noexcept : plan_(plan_of(task)) {}

Movement::Plan Movement::plan_of(SimTask task) noexcept {
    switch (task) {
        // A bend forward: the back lets the trunk down, then lifts it.
        case SimTask::reps: return {.n_repetitions = kEndless, .out_s = 2.0, .back_s = 2.0};
        case SimTask::bridge:
            return {.n_repetitions = 12, .n_sets = 3, .begin_s = 5.0, .out_s = 2.0, .hold_s = 4.0, .back_s = 2.0, .pause_s = 1.0, .rest_s = 30.0, .lifts_out = true};
        // Upright and still between any two: long enough for a reset (domain 9.6).
        case SimTask::mobility: return {.n_repetitions = kEndless, .begin_s = 5.0, .out_s = 2.0, .hold_s = 1.0, .back_s = 2.0, .pause_s = 3.0};
        default: return {};
    }
}

double Movement::set_s() const noexcept { return static_cast<double>(plan_.n_repetitions) * cycle_s() - plan_.pause_s + plan_.rest_s; }

std::optional<Repetition> Movement::repetition(std::size_t number) const noexcept {
    if (!moves() || number >= plan_.n_repetitions * plan_.n_sets) return std::nullopt;
    Repetition repetition{.set = number / plan_.n_repetitions};
    const auto in_set = static_cast<double>(number % plan_.n_repetitions);
    repetition.begin_s = plan_.begin_s + static_cast<double>(repetition.set) * set_s() + in_set * cycle_s();
    repetition.top_s = repetition.begin_s + plan_.out_s;
    repetition.leave_s = repetition.top_s + plan_.hold_s;
    repetition.end_s = repetition.leave_s + plan_.back_s;
    return repetition;
}

MovementState Movement::at(double t_s) const noexcept {
    if (!moves() || t_s < plan_.begin_s) return {};
    const double since_s = t_s - plan_.begin_s;
    const std::size_t set = std::min(static_cast<std::size_t>(since_s / set_s()), plan_.n_sets - 1);
    const double into_set_s = since_s - static_cast<double>(set) * set_s();
    const std::size_t in_set = std::min(static_cast<std::size_t>(into_set_s / cycle_s()), plan_.n_repetitions - 1);
    MovementState state{.out = {}, .stir = {}, .effort = 0.0, .repetition = set * plan_.n_repetitions + in_set};
    const Repetition now = *repetition(state.repetition);
    const double into_s = t_s - now.begin_s, back_s = t_s - now.leave_s;
    state.out = minimum_jerk(into_s, plan_.out_s) + -1.0 * minimum_jerk(back_s, plan_.back_s);
    state.stir = speed_share(into_s, plan_.out_s) + speed_share(back_s, plan_.back_s);
    const double lift = std::sin(0.5 * std::numbers::pi * state.out.value);
    state.effort = share_of_lifting(now, t_s) * lift * lift;
    return state;
}

double Movement::share_of_lifting(const Repetition& now, double t_s) const noexcept {
    const double out = plan_.lifts_out ? 1.0 : kEccentric, back = plan_.lifts_out ? kEccentric : 1.0;
    const auto changed = [t_s](double from, double to, double at_s) {
        return from + (to - from) * (0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp((t_s - at_s) / kChangeOverS, 0.0, 1.0)));
    };
    const double held = plan_.hold_s > 0.0 ? changed(out, 1.0, now.top_s) : out;
    return t_s < now.leave_s ? held : changed(held, back, now.leave_s);
}

}  // namespace tonus
