// Where the contractions of a recording begin and end, by each detector: a table to look at beside
// the signal, because real recordings have no truth.
//
// usage: onsets_table ADDRESS...   such as 'file:emg.txt?scale_uv=0.732421875'
// The baseline is the quietest second after the first two. The first channel is taken.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/table.hpp"
#include "drivers/driver/driver.hpp"
#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/device/unit_scale.hpp"
#include "engine/load/bonato_onset.hpp"
#include "engine/load/cusum_onset.hpp"
#include "engine/load/threshold_onset.hpp"

namespace tonus {
namespace {

constexpr double kSettleS = 2.0;
constexpr double kBaselineS = 1.0;
constexpr std::size_t kShown = 12;

struct Recording {
    Rate rate;
    std::vector<float> uv;
};

Recording read_recording(const std::string& url) {
    const std::unique_ptr<Device> device = open_device(url);
    std::size_t s = 0;
    while (s < device->streams().size() && device->streams()[s].kind != StreamKind::emg) ++s;
    if (s == device->streams().size()) throw usage_error(url + ": has no EMG");
    const StreamInfo& stream = device->streams()[s];
    const double uv_per_unit = microvolts_per(stream.channels[0].unit).value_or(1.0);

    class Keep final : public FrameSink {
    public:
        Keep(std::size_t stream_index, const ChannelInfo& channel, double uv) : stream_(stream_index), channel_(channel), uv_(uv) {}
        void push(std::size_t stream_index, std::uint64_t, RawFrames frames) noexcept override {
            if (stream_index != stream_) return;
            for (std::size_t f = 0; f < frames.n_frames; ++f) values.push_back((frames.at(f, 0) * channel_.scale + channel_.offset) * uv_);
        }
        std::vector<double> values;

    private:
        std::size_t stream_;
        const ChannelInfo& channel_;
        double uv_;
    };
    Keep keep{s, stream.channels[0], uv_per_unit};
    while (device->read(keep, std::chrono::milliseconds{0}) == ReadStatus::frames) {}

    std::vector<double>& x = keep.values;
    const double first = x.empty() ? 0.0 : x[0];
    for (double& v : x) v -= first;
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, std::min(450.0, 0.45 * stream.rate.hz()), stream.rate.hz())};
    band.process_signal(x);
    return {stream.rate, {x.begin(), x.end()}};
}

using Detect = std::function<OnsetResult(float)>;

struct Found {
    std::string first;
    int n_onsets = 0;
    double active_s = 0.0;
};

Found run(const Recording& recording, const Detect& detect) {
    Found found;
    std::size_t n_active = 0;
    for (std::size_t i = 0; i < recording.uv.size(); ++i) {
        const OnsetResult result = detect(recording.uv[i]);
        n_active += result.active ? 1u : 0u;
        const double since_s = recording.rate.time_s(result.since);
        if (result.change == Change::onset && since_s >= kSettleS) {
            if (static_cast<std::size_t>(found.n_onsets) < kShown) found.first += fmt::format("{:.2f}-", since_s);
            ++found.n_onsets;
        }
        if (result.change == Change::offset && found.n_onsets > 0 && static_cast<std::size_t>(found.n_onsets) <= kShown) {
            found.first += fmt::format("{:.2f} ", since_s);
        }
    }
    found.active_s = recording.rate.time_s(n_active);
    return found;
}

void table_of(const std::string& url) {
    const Recording recording = read_recording(url);
    const auto settle = static_cast<std::size_t>(recording.rate.frames_in(kSettleS));
    const auto length = static_cast<std::size_t>(recording.rate.frames_in(kBaselineS));
    const std::span<const float> settled = std::span{recording.uv}.subspan(std::min(settle, recording.uv.size() / 4));
    const std::span<const float> baseline = settled.subspan(quietest_start(settled, length), length);

    const std::string name = url.substr(url.find_last_of('/') + 1);
    fmt::print("\n{}: {:.1f} s at {:.6g} Hz\n\n", name.substr(0, name.find('?')), recording.rate.time_s(recording.uv.size()), recording.rate.hz());
    bench::Table table{{"detector", "contractions", "active s", "the first of them, from-to s"}};
    const auto add = [&](const char* detector, const Detect& detect) {
        const Found found = run(recording, detect);
        table.add({detector, fmt::format("{}", found.n_onsets), fmt::format("{:.1f}", found.active_s), found.first});
    };
    ThresholdOnset hodges{{.rate = recording.rate}, baseline}, strict{{.n_sd = 3.0, .dwell_s = 0.02, .rate = recording.rate}, baseline};
    ThresholdOnset teager{ThresholdOnsetConfig::teager_kaiser(recording.rate), baseline};
    BonatoOnset bonato{{.rate = recording.rate}, baseline};
    CusumOnset cusum{{.rate = recording.rate}, baseline};
    add("Hodges 1 SD, 50 ms", [&](float x) { return hodges.process(x); });
    add("Hodges 3 SD, 20 ms", [&](float x) { return strict.process(x); });
    add("TKEO 3 SD, 25 ms", [&](float x) { return teager.process(x); });
    add("Bonato 5/1", [&](float x) { return bonato.process(x); });
    add("CUSUM, back-dated", [&](float x) { return cusum.process(x); });
    table.print();
}

}  // namespace
}  // namespace tonus

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: onsets_table ADDRESS...   such as 'file:emg.txt?scale_uv=0.732421875'\n");
        return 2;
    }
    try {
        for (int i = 1; i < argc; ++i) tonus::table_of(argv[i]);
        return 0;
    } catch (const tonus::Error& error) {
        fmt::print(stderr, "onsets_table: {}\n", error.what());
        return error.kind() == tonus::ErrorKind::input ? 3 : 2;
    }
}
