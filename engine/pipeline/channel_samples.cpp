#include "engine/pipeline/channel_samples.hpp"

#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/quiet_taps.hpp"

namespace tonus {
namespace {

std::vector<std::span<const StreamInfo>> streams_of(std::span<Device* const> devices) {
    std::vector<std::span<const StreamInfo>> streams;
    for (const Device* device : devices) streams.push_back(device->streams());
    return streams;
}

class SampleTaps final : public QuietTaps {
public:
    SampleTaps(std::vector<ChannelPlace> places, const SampleVisit& visit) : places_(std::move(places)), visit_(visit) {}

    void conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) override {
        for (std::size_t f = 0; f < emg.n_frames(); ++f) {
            each(stream, [&](std::size_t m, std::size_t lane) { visit_(m, emg.frame(f)[lane], emg.flags(f)[lane] == 0); });
        }
    }
    void skipped(std::size_t stream, std::size_t n_frames) override {
        for (std::size_t f = 0; f < n_frames; ++f) {
            each(stream, [&](std::size_t m, std::size_t) { visit_(m, 0.0f, false); });
        }
    }

private:
    template <class Work>
    void each(std::size_t stream, Work work) {
        for (std::size_t m = 0; m < places_.size(); ++m) {
            if (places_[m].stream == stream) work(m, places_[m].lane);
        }
    }

    std::vector<ChannelPlace> places_;
    const SampleVisit& visit_;
};

}  // namespace

RunSummary visit_samples(std::span<Device* const> devices, const Session& session, const SampleVisit& visit, const RunControl& control) {
    const std::vector<std::span<const StreamInfo>> streams = streams_of(devices);
    Pipeline pipeline{streams, session};
    SampleTaps taps{find_channels(streams, session), visit};
    pipeline.set_taps(&taps);
    return run_offline(devices, pipeline, {}, control.progress, control.stop);
}

std::vector<Rate> channel_rates(std::span<Device* const> devices, const Session& session) {
    const std::vector<std::span<const StreamInfo>> streams = streams_of(devices);
    std::vector<StreamInfo> all;
    for (const std::span<const StreamInfo> of_device : streams) all.insert(all.end(), of_device.begin(), of_device.end());
    std::vector<Rate> rates;
    for (const ChannelPlace& place : find_channels(streams, session)) rates.push_back(all[place.stream].rate);
    return rates;
}

}  // namespace tonus
