#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/emulated_link.hpp"
#include "drivers/driver/emulated_ports.hpp"

namespace tonus::test {

/// Frames by stream and index, as raw numbers. A frame that comes again must be the same.
class KeptFrames final : public FrameSink {
public:
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            std::vector<double> values;
            for (std::size_t ch = 0; ch < frames.n_channels; ++ch) values.push_back(frames.at(f, ch));
            all[stream][first_index + f] = std::move(values);
        }
    }
    std::size_t count(std::size_t stream) const { return all.contains(stream) ? all.at(stream).size() : 0; }

    std::map<std::size_t, std::map<std::uint64_t, std::vector<double>>> all;
};

/// A driver and its emulator, on a virtual clock.
class EmulatedSession {
public:
    explicit EmulatedSession(const std::string& scheme, const std::string& emulator_options = "")
        : EmulatedSession(scheme, driver_of(SourceUrl{scheme + ":"}).emulate(SourceUrl{scheme + ":?" + emulator_options}, body),
                          parse_link_faults(SourceUrl{scheme + ":?" + emulator_options})) {}

    /// Another device where the driver looks for its own.
    EmulatedSession(const std::string& scheme, std::unique_ptr<Emulator> emulator, LinkFaults faults = {})
        : link{std::move(emulator), std::move(faults), &truth}, scheme_(scheme) {
        ports.plug(link);
    }

    static EmulatedBody body(double rate_hz, std::size_t n_channels) {
        return simulated_body("subject=7&task=reps&ecg=on", rate_hz, n_channels);
    }

    std::string url(const std::string& options = "") const {
        return fmt::format("{}:{}{}{}", scheme_, ports.address(), options.empty() ? "" : "?", options);
    }
    std::unique_ptr<Device> open(const std::string& options = "") { return open_device(url(options), ports); }

    double now_s() { return static_cast<double>(ports.clock().now_ns()) * 1e-9; }

    /// Reads for so long, or until the device is lost.
    void read(Device& device, FrameSink& sink, double seconds) {
        const double end_s = now_s() + seconds;
        while (now_s() < end_s) device.read(sink, std::chrono::milliseconds{10});
    }

    KeptFrames truth;
    EmulatedLink link;
    EmulatedPorts ports;

private:
    std::string scheme_;
};

/// How far the numbers of a device that counts nothing itself lie behind those of its emulator.
inline std::uint64_t count_offset(const std::map<std::uint64_t, std::vector<double>>& got,
                                  const std::map<std::uint64_t, std::vector<double>>& sampled) {
    for (const auto& candidate : sampled) {
        const std::uint64_t first = candidate.first;
        const bool all_alike = std::all_of(got.begin(), got.end(), [&](const auto& frame) {
            const auto found = sampled.find(first + frame.first - got.begin()->first);
            return found != sampled.end() && found->second == frame.second;
        });
        if (all_alike) return first - got.begin()->first;
    }
    return 0;
}

/// Every frame that came is one that was sampled, to the last count.
/// @param counts  false for a device whose frames bear no number
inline void expect_true(const KeptFrames& got, const KeptFrames& truth, bool counts = true) {
    for (const auto& [stream, frames] : got.all) {
        const auto& sampled = truth.all.at(stream);
        const std::uint64_t offset = counts ? 0 : count_offset(frames, sampled);
        std::size_t n_wrong = 0;
        for (const auto& [index, values] : frames) {
            const auto found = sampled.find(index + offset);
            if (found != sampled.end() && found->second == values) continue;
            if (++n_wrong == 1) ADD_FAILURE() << "stream " << stream << ", frame " << index << " is not what was sampled";
        }
        EXPECT_EQ(n_wrong, 0u) << "of stream " << stream;
    }
}

}  // namespace tonus::test
