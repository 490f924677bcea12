#include "drivers/plugin/plugin_device.hpp"

#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus {
namespace {

constexpr std::uint32_t kStreamsMax = 64, kChannelsMax = 1024;
constexpr double kRateHzMax = 100'000.0;
constexpr std::uint64_t kFramesMax = std::uint64_t{1} << 20;  // of one push

constexpr std::array kKinds{StreamKind::emg,          StreamKind::ecg,         StreamKind::acceleration,
                            StreamKind::angular_rate, StreamKind::orientation, StreamKind::other};
constexpr std::array kSamples{SampleType::int32, SampleType::float32, SampleType::float64};

std::string text(const char* given, std::string_view what) {
    if (given == nullptr) throw run_error(fmt::format("its {} is null", what));
    return formats::clean_text(given, formats::limits::kLabelBytes);
}

template <class T, std::size_t N>
T chosen(const std::array<T, N>& values, std::int32_t number, std::string_view what) {
    if (number >= 0 && static_cast<std::size_t>(number) < N) return values[static_cast<std::size_t>(number)];
    throw run_error(fmt::format("its {} {} is none of 0 to {}", what, number, N - 1));
}

std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional{value}; }

ChannelInfo channel_of(const tonus_channel& given) {
    if (!std::isfinite(given.scale) || given.scale == 0.0 || !std::isfinite(given.offset)) {
        throw run_error(fmt::format("a channel's scale {:g} or offset {:g} is no number to work with", given.scale, given.offset));
    }
    return {.label = text(given.label, "label of a channel"), .unit = text(given.unit, "unit of a channel"), .scale = given.scale,
            .offset = given.offset, .raw_min = known(given.raw_min), .raw_max = known(given.raw_max)};
}

StreamInfo stream_of(const tonus_stream& given) {
    if (!(given.rate_hz > 0.0 && given.rate_hz <= kRateHzMax)) {
        throw run_error(fmt::format("its rate of {:g} Hz is not above 0 and up to {:g}", given.rate_hz, kRateHzMax));
    }
    if (given.n_channels == 0 || given.n_channels > kChannelsMax || given.channels == nullptr) {
        throw run_error(fmt::format("it has {} channels; from 1 to {} are taken", given.channels == nullptr ? 0 : given.n_channels, kChannelsMax));
    }
    StreamInfo info{.name = text(given.name, "name of a stream"), .kind = chosen(kKinds, given.kind, "kind"), .rate = rate_from_hz(given.rate_hz),
                    .type = chosen(kSamples, given.sample, "sample type"), .device_id = text(given.device_id, "device_id"),
                    .settings = text(given.settings, "settings")};
    for (std::uint32_t c = 0; c < given.n_channels; ++c) info.channels.push_back(channel_of(given.channels[c]));
    return info;
}

}  // namespace

std::vector<StreamInfo> plugin_streams(const tonus_driver& functions, tonus_device* device) {
    std::uint32_t n = 0;
    const tonus_stream* const given = functions.streams(device, &n);
    if (given == nullptr || n == 0 || n > kStreamsMax) {
        throw run_error(fmt::format("it has {} streams; from 1 to {} are taken", given == nullptr ? 0 : n, kStreamsMax));
    }
    std::vector<StreamInfo> streams;
    for (std::uint32_t s = 0; s < n; ++s) {
        try {
            streams.push_back(stream_of(given[s]));
        } catch (const Error& error) {
            throw run_error(fmt::format("stream {}: {}", s, error.what()));
        }
    }
    return streams;
}

std::string PluginDevice::last_error() const {
    const char* const given = functions_.error(device_);
    return given == nullptr ? "it does not say why" : formats::clean_text(given, 4 * formats::limits::kLabelBytes);
}

void PluginDevice::start() {
    trouble_.clear();
    if (functions_.start(device_) != 0) throw run_error(name_ + ": does not start: " + last_error());
}

void PluginDevice::give_up(std::string_view why) noexcept {
    if (trouble_.empty()) trouble_.append(name_).append(": ").append(why);
}

void PluginDevice::push(void* reading, std::uint32_t stream, std::uint64_t first_index, const void* samples, std::uint64_t n_frames) {
    auto& [device, sink, any] = *static_cast<Reading*>(reading);
    if (stream >= device->streams_.size() || samples == nullptr || n_frames > kFramesMax) {
        device->give_up("the plug-in pushes what cannot be: a stream that it has not, no samples, or over a million frames at once");
        return;
    }
    if (n_frames == 0) return;
    const StreamInfo& info = device->streams_[stream];
    any = true;
    sink->push(stream, first_index, {info.type, info.channels.size(), n_frames, static_cast<const std::byte*>(samples)});
}

ReadStatus PluginDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    Reading reading{this, &sink, false};
    const int said = functions_.read(device_, static_cast<std::int32_t>(timeout.count()), &PluginDevice::push, &reading);
    if (said == TONUS_LOST) give_up(last_error());
    else if (said < TONUS_IDLE || said > TONUS_LOST) give_up("the plug-in's read() says what it may not");
    if (!trouble_.empty()) return ReadStatus::lost;
    if (said == TONUS_ENDED) return ReadStatus::ended;
    return reading.any ? ReadStatus::frames : ReadStatus::idle;
}

}  // namespace tonus
