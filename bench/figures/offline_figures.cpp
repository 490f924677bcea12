#include <filesystem>
#include <memory>

#include <unistd.h>

#include "bench/figures/figures.hpp"
#include "bench/scorecard/load_device.hpp"
#include "bench/scorecard/recording_files.hpp"
#include "drivers/driver/driver.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/formats/convert.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/sinks/results_table.hpp"

namespace tonus::bench {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the program.
struct TemporaryFolder {
    fs::path path = fs::temp_directory_path() / fmt::format("tonus_figures_{}", getpid());
    TemporaryFolder() { fs::create_directories(path); }
    ~TemporaryFolder() { fs::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

/// Replays a file as `replay --speed max --out` does; times faster than real time.
double replay(const std::string& url, const std::string& out, double seconds) {
    const std::unique_ptr<Device> device = open_device(url);
    const std::span<const StreamInfo> streams = device->streams();
    Pipeline pipeline{streams, plain_session({&streams, 1})};
    ResultsTable table{system_files(), out};
    const SystemClock clock;
    const std::int64_t begin_ns = clock.now_ns();
    run_offline(*device, pipeline, table);
    return seconds / (1e-9 * static_cast<double>(clock.now_ns() - begin_ns));
}

double resident_mib() { return static_cast<double>(process_usage().resident_bytes) / (1024.0 * 1024.0); }

}  // namespace

void offline_figures(Figures& figures, bool quick) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
    const double whole_s = quick ? 360.0 : 3600.0, part_s = whole_s / 6.0;
    const auto speed = [&](const std::string& kind, const std::string& url, double seconds) {
        const double x_real_time = replay(url, path("out.csv"), seconds);
        figures.add(fmt::format("offline, {:.0f} min of {} channels from {}", seconds / 60.0, kRecordingChannels, kind), fmt::format("{:.0f}x real time", x_real_time),
                    fmt::format("{:.1f} ns a sample", 1e9 / (x_real_time * kRecordingChannels * kRecordingRateHz)), ">= 1500x", x_real_time >= 1500.0);
    };
    write_edf(system_files(), path("part.edf"), part_s);
    convert_recording(system_files(), path("part.edf"), path("part.xdf"), {}, {}, [](double) {});
    write_npy(system_files(), path("part.npy"), part_s);
    speed("XDF", "file:" + path("part.xdf"), part_s);
    speed("NPY", fmt::format("file:{}?rate={}&unit=uV", path("part.npy"), kRecordingRateHz), part_s);
    speed("EDF", "file:" + path("part.edf"), part_s);
    const double after_a_sixth_mib = resident_mib();
    write_edf(system_files(), path("whole.edf"), whole_s);
    speed("EDF", "file:" + path("whole.edf"), whole_s);
    const double growth_mib = resident_mib() - after_a_sixth_mib;
    figures.add("offline, resident memory of six times the length", fmt::format("{:+.1f} MiB", growth_mib), fmt::format("{:.1f} MiB", after_a_sixth_mib), "<= +1 MiB",
                growth_mib <= 1.0);
}

}  // namespace tonus::bench
