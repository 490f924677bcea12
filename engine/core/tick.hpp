#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tonus {

/// Why a value is missing or doubtful. The order is the order of precedence when several hold:
/// a later one says more about what to do.
enum class Reason : std::uint8_t {
    none,
    settling,           ///< a filter still answers to a start or a gap
    gap,                ///< samples were lost on the way
    not_a_number,       ///< the device sends NaN, Inf or impossible voltages
    saturated,          ///< the amplifier clips: the true value is higher
    lead_off,           ///< electrode or cable off
    stale,              ///< this stream has stopped
    rest_missing,       ///< no resting level was calibrated
    mvc_missing,        ///< no maximal contraction was calibrated
    reference_invalid,  ///< the maximum is not above three times the resting level
    reference_rve,      ///< a submaximal reference has no third of maximum
    group_incomplete,   ///< under half of a group's weight is valid
    no_group,           ///< the montage has no local and no global channel
};

/// The word for a reason in tables and events: "mvc_missing". Empty for none.
std::string_view reason_name(Reason reason) noexcept;

/// One sentence for a person: what is the matter and what mends it.
std::string_view reason_advice(Reason reason) noexcept;

enum class ValueState : std::uint8_t {
    valid,
    held,     ///< an old value, marked: under half of the window is valid (domain 2.7)
    invalid,  ///< no value
};

/// How far a channel's value can be trusted at one tick.
struct Status {
    ValueState state = ValueState::invalid;
    Reason reason = Reason::none;
    bool saturated = false;       ///< more than 0.5 % of the window clipped (domain 2.6)
    float valid_fraction = 0.0f;  ///< of the window's samples
    float quality = 1.0f;         ///< signal quality index, 0 to 1 (domain 2.9)
};

/// One value per channel every 10 ms, with its unit in the type.
template <class Unit>
struct Tick {
    std::uint64_t index = 0;  ///< ticks since the stream's first frame
    std::span<const float> value;
    std::span<const Status> status;
};

}  // namespace tonus
