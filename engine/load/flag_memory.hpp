#pragma once

#include <algorithm>

#include "engine/load/load_flag_types.hpp"

namespace tonus {

/// What both engines of the load flag share: whether it is up, what a tick without a value does to
/// it, and what may be said of it.
///
/// Source  domain 6.2, "invalid v".
class FlagMemory {
public:
    bool is_on() const noexcept { return mode_ == Mode::on; }

    /// The last tick had a value.
    bool is_current() const noexcept { return mode_ != Mode::unknown && n_invalid_ == 0; }

    /// A tick with a value: after an unknown time the flag is down, and all starts anew.
    void hear() noexcept {
        n_invalid_ = 0;
        if (mode_ == Mode::unknown) mode_ = Mode::off;
    }

    /// A tick without a value. True when this was one too many and the engine forgets its evidence.
    bool miss() noexcept {
        n_invalid_ = std::min(n_invalid_ + 1, kForgetTicks + 1);
        const bool forgets = n_invalid_ > kForgetTicks && mode_ != Mode::unknown;
        if (forgets) mode_ = Mode::unknown;
        return forgets;
    }

    /// Said without a value: a flag that is up is held, one that is down is unknown at once.
    LoadResult without_value(Reason reason) const noexcept {
        return {.state = is_on() ? LoadState::over : LoadState::unknown, .reason = reason};
    }

    /// Said with a value, after a change of the flag where its evidence asks for one. What is
    /// missing may be the larger part: then the evidence runs on, but nobody can say under.
    LoadResult with_value(bool changes, std::uint64_t since, Reason missing) noexcept {
        LoadResult result;
        if (changes) {
            result.raised = !is_on();
            result.cleared = is_on();
            result.since = since;
            mode_ = is_on() ? Mode::off : Mode::on;
        }
        result.state = is_on() ? LoadState::over : missing == Reason::none ? LoadState::under : LoadState::unknown;
        if (!is_on()) result.reason = missing;
        return result;
    }

private:
    enum class Mode { off, on, unknown };
    static constexpr int kForgetTicks = 100;  // 1 s

    Mode mode_ = Mode::unknown;
    int n_invalid_ = 0;  // ticks without a value, in a row
};

}  // namespace tonus
