#pragma once

// What the simulator's tests share: everything that a simulated device sends, kept.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "drivers/driver/driver.hpp"

namespace tonus::sim_test {

struct Sent {
    StreamInfo info;
    std::vector<std::uint64_t> index;    ///< of each frame
    std::vector<std::int64_t> arrival_ns;
    std::vector<double> values;          ///< [frame][channel], in the stream's unit
    std::vector<std::uint64_t> packet_index;

    std::size_t n_channels() const { return info.channels.size(); }
    double at(std::size_t frame, std::size_t channel) const { return values[frame * n_channels() + channel]; }
    std::vector<double> channel(std::size_t ch) const {
        std::vector<double> out;
        for (std::size_t f = 0; f < index.size(); ++f) out.push_back(at(f, ch));
        return out;
    }
};

inline std::vector<Sent> send(const std::string& url) {
    const auto device = open_device(url);
    class Keep final : public FrameSink {
    public:
        explicit Keep(std::span<const StreamInfo> streams) {
            for (const StreamInfo& info : streams) all.push_back({.info = info, .index = {}, .arrival_ns = {}, .values = {}, .packet_index = {}});
        }
        void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
            Sent& sent = all[stream];
            sent.packet_index.push_back(first_index);
            for (std::size_t f = 0; f < frames.n_frames; ++f) {
                sent.index.push_back(first_index + f);
                sent.arrival_ns.push_back(frames.arrival_ns);
                for (std::size_t c = 0; c < frames.n_channels; ++c) {
                    const ChannelInfo& channel = sent.info.channels[c];
                    sent.values.push_back(frames.at(f, c) * channel.scale + channel.offset);
                }
            }
        }
        std::vector<Sent> all;
    };
    Keep keep{device->streams()};
    device->start();
    while (device->read(keep, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    device->stop();
    return keep.all;
}

inline double rms(const std::vector<double>& x, std::size_t from = 0, std::size_t to = ~std::size_t{0}) {
    double mean = 0.0, power = 0.0;
    to = std::min(to, x.size());
    const auto n = static_cast<double>(to - from);
    for (std::size_t i = from; i < to; ++i) mean += x[i] / n;
    for (std::size_t i = from; i < to; ++i) power += (x[i] - mean) * (x[i] - mean) / n;
    return std::sqrt(power);
}

// Nothing but muscle and what the test asks for.
inline constexpr const char* kPure = "noise=0&wander=0&offset=0";

}  // namespace tonus::sim_test
