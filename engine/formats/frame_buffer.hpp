#pragma once

#include <cstdint>
#include <vector>

#include "engine/device/frames.hpp"

namespace tonus::formats {

/// Frames on their way out of a reader, kept in the type of their stream.
class FrameBuffer {
public:
    void begin(SampleType type, std::size_t n_channels) {
        type_ = type;
        n_channels_ = n_channels;
        counts_.clear();
        floats_.clear();
        doubles_.clear();
    }

    /// One sample, which the stream's type holds without loss.
    void add(double value) {
        switch (type_) {
            case SampleType::int32: counts_.push_back(static_cast<std::int32_t>(value)); break;
            case SampleType::float32: floats_.push_back(static_cast<float>(value)); break;
            case SampleType::float64: doubles_.push_back(value); break;
        }
    }

    RawFrames frames(std::int64_t stamp_ns) const {
        switch (type_) {
            case SampleType::int32: return raw_frames(std::span<const std::int32_t>{counts_}, n_channels_, stamp_ns);
            case SampleType::float32: return raw_frames(std::span<const float>{floats_}, n_channels_, stamp_ns);
            case SampleType::float64: break;
        }
        return raw_frames(std::span<const double>{doubles_}, n_channels_, stamp_ns);
    }

private:
    SampleType type_ = SampleType::float64;
    std::size_t n_channels_ = 1;
    std::vector<std::int32_t> counts_;
    std::vector<float> floats_;
    std::vector<double> doubles_;
};

}  // namespace tonus::formats
