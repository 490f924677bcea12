// Where the contractions of a recording begin and end, by each detector: a table to look at beside
// the signal, because real recordings have no truth.
//
// usage: onsets_table ADDRESS...   such as 'file:emg.txt?scale_uv=0.732421875'
// The baseline is the quietest second after the first two. The first channel is taken.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/table.hpp"
#include "drivers/driver/driver.hpp"
#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/device/unit_scale.hpp"
#include "engine/load/contractions.hpp"
#include "engine/load/quietest_stretch.hpp"

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

struct Found {
    std::string first;
    std::size_t n = 0;
    double active_s = 0.0;
};

Found run(const Recording& recording, OnsetDetector detector) {
    ContractionFinder finder{std::move(detector)};
    std::vector<Contraction> contractions;
    for (const float uv : recording.uv) {
        if (const std::optional<Contraction> ended = finder.process(uv)) contractions.push_back(*ended);
    }
    if (finder.unfinished()) contractions.push_back(*finder.unfinished());

    Found found;
    for (const Contraction& contraction : contractions) {
        const double onset_s = recording.rate.time_s(contraction.onset);
        const double offset_s = recording.rate.time_s(contraction.offset.value_or(recording.uv.size()));
        if (onset_s < kSettleS) continue;
        if (found.n++ < kShown) found.first += fmt::format("{:.2f}-{:.2f} ", onset_s, offset_s);
        found.active_s += offset_s - onset_s;
    }
    return found;
}

void table_of(const std::string& url) {
    const Recording recording = read_recording(url);
    const auto settle = static_cast<std::size_t>(recording.rate.frames_in(kSettleS));
    QuietestStretch quietest{recording.rate, kBaselineS};
    for (const float uv : std::span{recording.uv}.subspan(std::min<std::size_t>(settle, recording.uv.size() / 4))) quietest.process(uv);
    const std::span<const float> baseline = quietest.quietest();

    const std::string name = url.substr(url.find_last_of('/') + 1);
    fmt::print("\n{}: {:.1f} s at {:.6g} Hz\n\n", name.substr(0, name.find('?')), recording.rate.time_s(recording.uv.size()), recording.rate.hz());
    bench::Table table{{"detector", "contractions", "active s", "the first of them, from-to s"}};
    const auto add = [&](const char* name_of_detector, const OnsetDetector& detector) {
        const Found found = run(recording, detector);
        table.add({name_of_detector, fmt::format("{}", found.n), fmt::format("{:.1f}", found.active_s), found.first});
    };
    const auto usual = [&](OnsetMethod method) { return make_onset_detector(method, recording.rate, baseline); };
    add("Hodges 1 SD, 50 ms", usual(OnsetMethod::hodges));
    add("Hodges 3 SD, 20 ms", ThresholdOnset{{.n_sd = 3.0, .dwell_s = 0.02, .rate = recording.rate}, baseline});
    add("TKEO 3 SD, 25 ms", usual(OnsetMethod::tkeo));
    add("Bonato 5/1", usual(OnsetMethod::bonato));
    add("CUSUM, back-dated", usual(OnsetMethod::cusum));
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
