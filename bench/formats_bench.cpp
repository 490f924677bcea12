// Reading a minute of 16 channels at 2 kHz that lies in memory; `items_per_second` counts samples.

#include <benchmark/benchmark.h>

#include "bench/scorecard/recording_files.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/formats/convert.hpp"

namespace tonus::bench {
namespace {

constexpr double kSeconds = 60.0;
const std::string kFolder = "/recordings";

/// The same minute in each format.
SimFiles& recordings() {
    static SimFiles files;
    static const bool made = [] {
        files.make_folder(kFolder);
        write_edf(files, kFolder + "/minute.edf", kSeconds);
        write_npy(files, kFolder + "/minute.npy", kSeconds);
        for (const char* ending : {"xdf", "csv"}) convert_recording(files, kFolder + "/minute.edf", kFolder + "/minute." + ending, {}, {}, [](double) {});
        return true;
    }();
    static_cast<void>(made);
    return files;
}

class Counter final : public FrameSink {
public:
    void push(std::size_t, std::uint64_t, RawFrames frames) noexcept override {
        n_samples += frames.n_frames * frames.n_channels;
        benchmark::DoNotOptimize(frames.data);
    }
    std::uint64_t n_samples = 0;
};

void read(benchmark::State& state, const std::string& ending) {
    Counter counter;
    SimFiles& files = recordings();  // made before the clock runs
    for (auto _ : state) {
        const auto reader = open_recording(files, kFolder + "/minute." + ending, {.rate = Rate{kRecordingRateHz, 1}, .unit = "uV"});
        while (reader->next(counter)) {}
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.n_samples));
}

BENCHMARK_CAPTURE(read, edf, "edf");
BENCHMARK_CAPTURE(read, xdf, "xdf");
BENCHMARK_CAPTURE(read, npy, "npy");
BENCHMARK_CAPTURE(read, csv, "csv");

}  // namespace
}  // namespace tonus::bench
