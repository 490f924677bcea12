#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/condition/gate_lanes.hpp"
#include "engine/core/block.hpp"
#include "engine/device/frames.hpp"
#include "engine/device/stream_info.hpp"

namespace tonus {

/// Domain 2.2: over a hole of up to this long the filters run on; the short settling after it.
inline constexpr double kHoldS = 0.100;
inline constexpr double kShortSettleS = 0.020;

/// Domain 2.7: how long a rail or a flat line lasts before it is taken for an electrode off.
inline constexpr double kLeadOffS = 0.200;

struct GateConfig {
    StreamInfo stream = {};
    bool by_lanes = true;  ///< false: every sample on its own, the reference; the same to the bit
};

/// Looks at the raw values before any filter, marks those that do not count, takes the electrode's
/// offset off in double, and only then makes float microvolts.
///
/// Marks      not_finite  NaN, Inf, or more than 10 V from the offset; the last good value stands
///                        in, 20 ms after it settle (250 ms after more than 100 ms).
///            saturated   0.98 of the converter's range, or a plateau of three at the running
///                        extreme that was entered by a jump.
///            lead_off    0.9 of one end of the range for over 200 ms, or a value that does not change: for
///                        200 ms while other channels do, for 1 s alone. Left after 500 ms of good
///                        signal, then 250 ms settle. The last good value stands in.
///            gap         from hold(); 20 ms after it settle.
///            settling    250 ms after restart().
/// Priming    the offset is each channel's first value, so its signal begins at 0, and the steady
///            state of every filter to it is the zero state. When a channel comes back after a
///            long fault it goes on from the value that stood in: no step, no reset needed.
/// Real time  process(), hold() and restart() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. The view it returns is its own buffer.
/// Source     domain 2.1, 2.2, 2.6, 2.7.
class Gate {
public:
    /// Throws Error when a channel's unit is no voltage.
    explicit Gate(const GateConfig& config);

    /// At most kBlockFrames frames.
    Block<unit::Microvolt> process(const RawFrames& raw) noexcept;

    /// Frames that were lost, at most kBlockFrames: part of a gap of up to 100 ms.
    Block<unit::Microvolt> hold(std::size_t n_frames) noexcept;

    /// At the start, and after a longer gap.
    void restart() noexcept;

private:
    struct Scale {
        double uv_per_step = 1.0;
        bool has_range = false;
        double middle = 0.0;
        double half_range = 0.0;
    };
    /// What is remembered of a channel.
    struct Memory {
        bool has_offset = false;
        double offset = 0.0;
        float held_uv = 0.0f;
        double last = 0.0;
        double highest = 0.0, lowest = 0.0;  // the running extremes, since the first value
        double smallest_step = 0.0;
        double plateau_step = 0.0;           // by which the present run of equals was entered
        bool has_last = false;
        bool lead_off = false;
        std::uint32_t n_bad = 0;             // in a row
        std::uint32_t n_equal = 0;           // in a row
        std::uint32_t n_rail = 0;            // in a row, at the same end
        bool rail_is_upper = false;
        std::uint32_t n_good = 0;            // in a row, while lead_off
        std::uint32_t n_settling = 0;        // still to come
    };

    void take(const RawFrames& raw) noexcept;
    bool is_calm(const Memory& memory) const noexcept;
    void from_lanes(std::size_t channel) noexcept;
    void to_lanes(std::size_t channel) noexcept;
    float sample(std::size_t channel, double raw, std::uint8_t& flags) noexcept;
    void remember(Memory& memory, double raw) noexcept;
    bool is_saturated(const Memory& memory, const Scale& scale, double raw) const noexcept;
    bool is_flat(const Memory& memory) const noexcept;
    void rebase(Memory& memory, const Scale& scale, double raw) noexcept;

    std::size_t n_channels_;
    std::vector<Scale> scales_;
    /// What a GateLanes holds too is only right in here while sample() has the channel in hand.
    std::vector<Memory> memories_;
    GateLanes lanes_;
    bool by_lanes_;
    std::vector<std::size_t> watched_;       // channels to which something happens in this block
    std::size_t n_moving_ = 0;               // channels whose value changes
    bool after_gap_ = false;
    std::uint32_t n_short_settle_, n_settle_, n_short_fault_, n_rail_off_, n_flat_off_, n_flat_alone_,
        n_good_again_;
    AlignedVector<float> samples_;
    std::vector<std::uint8_t> flags_;
};

}  // namespace tonus
