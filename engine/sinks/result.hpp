#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/activation/activation.hpp"
#include "engine/core/tick.hpp"
#include "engine/device/gap.hpp"
#include "engine/envelope/signal_quality.hpp"
#include "engine/load/load_flag.hpp"

namespace tonus {

/// One channel at one tick. What is new at every tick lies side by side.
struct ChannelResult {
    float rms_uv = 0.0f;        ///< envelope, of the last value when held
    float mvc = 0.0f;           ///< fraction of MVC
    float template_uv = 0.0f;   ///< envelope by ECG path B; live, of 200 ms before
    float template_mvc = 0.0f;  ///< fraction of MVC of the same
    float mdf_hz = 0.0f;        ///< median frequency of the last whole window; 0: none yet
    float mnf_hz = 0.0f;
    float window_rms_uv = 0.0f;   ///< of that window
    std::uint32_t n_windows = 0;  ///< so far, those without a value too
    Status rms_status;
    Status mvc_status;
    Status template_status;
    bool estimate = false;      ///< of a vibration: mvc lies between the two that follow (domain 2.8)
    float combed_mvc = 0.0f;    ///< without what lies at the vibration's lines: no less than this
    float uncombed_mvc = 0.0f;  ///< with all of it: no more than this
    float muscle_mvc = 0.0f;    ///< of all channels over the same muscle, where a session names some
    Status muscle_status;
    float unmixed_mvc = 0.0f;   ///< without its neighbours' cross-talk: a model-based estimate
    Status unmixed_status;
    Quality quality;            ///< of the last second
};

/// What the pipeline says every 10 ms. A view: valid during the call that hands it over.
struct ResultRow {
    std::uint64_t tick = 0;
    double time_s = 0.0;          ///< end of the tick, since the first frame of the first EMG stream
    std::int64_t arrival_ns = 0;  ///< session time at which its last frame arrived
    GroupTick groups;
    LoadState load = LoadState::unknown;
    Reason load_reason = Reason::none;
    std::span<const ChannelResult> channels;

    /// The body is vibrated: levels and flag are estimates.
    bool is_estimate() const noexcept {
        return std::any_of(channels.begin(), channels.end(), [](const ChannelResult& channel) { return channel.estimate; });
    }
};

enum class EventKind : std::uint8_t {
    gap,           ///< frames lost
    load_raised,
    load_cleared,
    load_unknown,  ///< the flag lost its value, with the reason
    load_known,    ///< it has one again
    rate_mismatch, ///< a stream's rate is off its nominal by over 1000 ppm
    ended,         ///< a device has ended or is lost
    mains,         ///< hum was found, or its frequency's nominal changed; value: Hz, 0 when it went
    rest_changed,    ///< a channel's resting level is no more what it was: a moved electrode, or noise
    vibration,     ///< the body is vibrated; value: Hz, 0 when it ended (domain 2.8)
    over_reference,  ///< a channel stayed above its maximum: calibrate again (domain 4.5)
};

std::string_view event_kind_name(EventKind kind) noexcept;

/// Something that happened, with its place.
struct Event {
    EventKind kind = EventKind::gap;
    double time_s = 0.0;           ///< when it was known; of a gap, where it begins
    std::uint64_t stream = 0;      ///< gap, rate_mismatch, ended, mains, vibration; over_reference, rest_changed: the channel
    std::uint64_t first_frame = 0; ///< gap: counted from the stream's first frame
    std::uint64_t n_frames = 0;    ///< gap
    GapCause cause = GapCause::device;
    Reason reason = Reason::none;
    double onset_s = 0.0;          ///< load changes: the first crossing that led to them
    double value = 0.0;            ///< load changes: the load; rate_mismatch: ppm; rest_changed: µV now
};

}  // namespace tonus
