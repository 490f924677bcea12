#pragma once

#include <cstdint>
#include <string>

#include "engine/formats/recording_content.hpp"

namespace tonus::formats {

/// How one channel's values become the integers of an EDF or BDF file so that none clips.
///
/// Counts that fit stay what they are. Others are spread over all integers but the least, which stands for
/// "nothing". The header writes the range in eight characters: it is rounded outwards, and what is read
/// back is computed from the rounded range. Voltages are in uV, where eight characters say most.
class EdfScaling {
public:
    EdfScaling(const ChannelInfo& info, const ChannelRange& range, std::size_t n_bits);

    std::int32_t digital(double raw) const noexcept;
    static constexpr std::int32_t nothing(std::size_t n_bits) noexcept { return -(std::int32_t{1} << (n_bits - 1)); }

    const std::string& unit() const noexcept { return unit_; }
    const std::string& physical_min() const noexcept { return physical_min_; }
    const std::string& physical_max() const noexcept { return physical_max_; }
    std::int32_t digital_min() const noexcept { return digital_min_; }
    std::int32_t digital_max() const noexcept { return digital_max_; }

    /// How far a value that is read back may be off, in unit().
    double error() const noexcept { return error_; }

private:
    void keep_counts(const ChannelRange& range);
    void spread(const ChannelRange& range, std::size_t n_bits);
    void set_range(std::string physical_min, std::string physical_max);

    std::string unit_;
    double unit_scale_ = 1.0;  ///< of unit() per the channel's unit
    double scale_ = 1.0;       ///< of unit() per raw step
    double offset_ = 0.0;
    bool counts_ = false;
    std::string physical_min_;
    std::string physical_max_;
    double low_ = 0.0;   ///< what physical_min() reads as
    double step_ = 1.0;  ///< as a reader computes it from the four ends
    std::int32_t digital_min_;
    std::int32_t digital_max_;
    std::int32_t nothing_;
    double error_ = 0.0;
};

/// A number in eight characters, rounded up or down. Throws Error (usage) for one that is too large.
std::string eight_characters(double value, bool up);

}  // namespace tonus::formats
