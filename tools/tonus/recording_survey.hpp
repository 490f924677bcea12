#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/device/device.hpp"
#include "tools/tonus/hum_meter.hpp"
#include "tools/tonus/sparkline.hpp"

namespace tonus::cli {

/// What a first look at a channel should show: is it there, does it clip, does it hold numbers?
class ChannelSurvey {
public:
    /// @param measured  by an electrode or a sensor: what was computed may stay the same
    ChannelSurvey(const ChannelInfo& info, const Rate& rate, bool measured, bool may_hum)
        : info_(&info), rate_(rate), measured_(measured), hum_(may_hum ? rate.hz() : 0.0) {}

    void add(double raw) noexcept;
    void after_gap() noexcept;

    const Sparkline& shape() const noexcept { return shape_; }
    std::optional<double> least() const noexcept { return any_ ? std::optional{least_} : std::nullopt; }
    std::optional<double> most() const noexcept { return any_ ? std::optional{most_} : std::nullopt; }
    std::uint64_t n_missing() const noexcept { return n_missing_; }  ///< not a number
    std::uint64_t n_at_rail() const noexcept { return n_at_rail_; }
    bool is_constant() const noexcept { return any_ && least_ == most_; }

    /// What a person should look at, in words: flat, clipped, hum of the mains.
    std::vector<std::string> findings() const;

private:
    /// Successive samples at an end of what the signal reaches: where it is cut off.
    struct Plateau {
        double value = 0.0;
        std::uint64_t n = 0;
        void see(double raw, bool further, std::uint64_t run) noexcept;
    };

    const ChannelInfo* info_;
    Rate rate_;
    bool measured_;
    HumMeter hum_;
    Sparkline shape_;
    bool any_ = false;
    double least_ = 0.0, most_ = 0.0;
    std::uint64_t n_missing_ = 0, n_at_rail_ = 0, n_ = 0;
    double last_raw_ = 0.0;
    std::uint64_t run_ = 0, longest_run_ = 0;  // of equal samples
    Plateau top_, bottom_;
};

/// Counts frames and holes, measures the rate, and looks at each channel.
class RecordingSurvey final : public FrameSink {
public:
    explicit RecordingSurvey(std::span<const StreamInfo> streams);

    struct Stream {
        std::uint64_t n_frames = 0;
        std::uint64_t n_lost = 0;
        std::uint64_t n_gaps = 0;
        std::uint64_t next_index = 0;
        std::vector<ChannelSurvey> channels = {};
        std::optional<double> measured_hz() const noexcept;  ///< by the stamps; nothing under a second

        std::uint64_t first_end = 0;  ///< frames up to the end of the first push, which was stamped
        std::int64_t first_ns = 0, last_ns = 0;
    };

    void push(std::size_t s, std::uint64_t first_index, RawFrames frames) noexcept override;

    const Stream& of(std::size_t s) const { return of_[s]; }

private:
    std::vector<Stream> of_;
};

}  // namespace tonus::cli
