#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace tonus {

/// How a device sends its samples. They are kept as sent, in the ring and in the recording.
enum class SampleType : std::uint8_t { int32, float32, float64 };

constexpr std::size_t size_of(SampleType type) noexcept {
    return type == SampleType::float64 ? 8 : 4;
}

/// No arrival stamp yet: the pipeline stamps the frames when it takes them.
inline constexpr std::int64_t kUnstamped = -1;

/// A view of consecutive frames as the device sent them, channel-interleaved, without padding.
struct RawFrames {
    SampleType type = SampleType::int32;
    std::size_t n_channels = 0;
    std::size_t n_frames = 0;
    const std::byte* data = nullptr;
    /// When the read that brought them was complete, in ns since the session began. Replayed and
    /// simulated frames bring theirs along, so that a replay repeats the live run.
    std::int64_t arrival_ns = kUnstamped;
    /// The first since the device came back: what is missing before them was never on its way.
    bool after_absence = false;

    std::size_t frame_bytes() const noexcept { return n_channels * size_of(type); }
    std::span<const std::byte> bytes() const noexcept { return {data, n_frames * frame_bytes()}; }

    RawFrames slice(std::size_t first, std::size_t n) const noexcept {
        return {type, n_channels, n, data + first * frame_bytes(), arrival_ns, after_absence && first == 0};
    }

    /// One sample as a double; every type fits without rounding.
    double at(std::size_t frame, std::size_t channel) const noexcept {
        const std::byte* p = data + frame * frame_bytes() + channel * size_of(type);
        switch (type) {
            case SampleType::int32: return load<std::int32_t>(p);
            case SampleType::float32: return static_cast<double>(load<float>(p));
            case SampleType::float64: return load<double>(p);
        }
        return 0.0;
    }

private:
    template <class T>
    static T load(const std::byte* p) noexcept {
        T value;
        std::memcpy(&value, p, sizeof value);
        return value;
    }
};

/// A view over a typed array of interleaved samples.
template <class T>
RawFrames raw_frames(std::span<const T> samples, std::size_t n_channels,
                     std::int64_t arrival_ns = kUnstamped) noexcept {
    static_assert(std::is_same_v<T, std::int32_t> || std::is_same_v<T, float> ||
                  std::is_same_v<T, double>);
    constexpr SampleType type = std::is_same_v<T, std::int32_t> ? SampleType::int32
                                : std::is_same_v<T, float>      ? SampleType::float32
                                                                : SampleType::float64;
    return {type, n_channels, samples.size() / n_channels,
            reinterpret_cast<const std::byte*>(samples.data()), arrival_ns};
}

}  // namespace tonus
