#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "engine/device/frames.hpp"

namespace tonus::formats {

static_assert(std::endian::native == std::endian::little, "samples are taken as they lie in the file");

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

    /// Samples that lie in the file as they are kept here.
    void add_stored(std::span<const std::byte> samples) {
        switch (type_) {
            case SampleType::int32: append(counts_, samples); break;
            case SampleType::float32: append(floats_, samples); break;
            case SampleType::float64: append(doubles_, samples); break;
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
    template <class T>
    static void append(std::vector<T>& to, std::span<const std::byte> samples) {
        const std::size_t n = to.size();
        to.resize(n + samples.size() / sizeof(T));
        std::memcpy(to.data() + n, samples.data(), samples.size() / sizeof(T) * sizeof(T));
    }

    SampleType type_ = SampleType::float64;
    std::size_t n_channels_ = 1;
    std::vector<std::int32_t> counts_;
    std::vector<float> floats_;
    std::vector<double> doubles_;
};

}  // namespace tonus::formats
