// How fast recordings are opened and converted, beside EDFlib and libxdf in the same run. The recording is
// that of the rated load (performance): 32 EMG channels at 2 kHz, 8 motion sensors of 9 at 200 Hz, as the
// recorder writes it. Every file was just written, so it comes from the page cache.

#include <filesystem>
#include <vector>

#include <edflib.h>
#include <fcntl.h>
#include <unistd.h>
#include <xdf.h>

#include "bench/scorecard/machine.hpp"
#include "bench/table.hpp"
#include "engine/core/clock.hpp"
#include "engine/core/error.hpp"
#include "engine/formats/convert.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/sinks/recorder.hpp"

namespace tonus::bench {
namespace {

namespace fs = std::filesystem;

constexpr double kOpenSMost = 2.0, kConvertMbPerSLeast = 20.0;  // issue "Recordings that cannot lie"
constexpr std::uintmax_t kFolderBytes = 4'000'000'000;
constexpr std::size_t kEmgChannels = 32, kSensors = 8, kSensorChannels = 9;

struct TemporaryFolder {
    // In memory where there is room: the recorder asks the disk twice a second that all of an hour lasts.
    fs::path path = (fs::is_directory("/dev/shm") && fs::space("/dev/shm").available > kFolderBytes ? fs::path{"/dev/shm"} : fs::temp_directory_path()) /
                    fmt::format("tonus_formats_{}", getpid());
    TemporaryFolder() { fs::create_directories(path); }
    ~TemporaryFolder() { fs::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

StreamInfo stream_of(const std::string& name, StreamKind kind, std::size_t n_channels, Rate rate) {
    StreamInfo info{.name = name, .kind = kind, .rate = rate, .type = SampleType::int32};
    for (std::size_t c = 0; c < n_channels; ++c) {
        info.channels.push_back({.label = fmt::format("{} {}", name, c + 1), .unit = kind == StreamKind::emg ? "uV" : "m/s^2", .scale = 0.01});
    }
    return info;
}

/// Some frames of all channels; counts of 16 bits, as most devices have.
std::vector<std::int32_t> block_of(std::size_t n_channels, std::size_t n_frames, unsigned seed) {
    std::vector<std::int32_t> samples(n_channels * n_frames);
    for (std::int32_t& sample : samples) {
        seed = seed * 1'664'525u + 1'013'904'223u;
        sample = static_cast<std::int32_t>(seed >> 17) - 16'384;
    }
    return samples;
}

/// The rated load, sent by hand.
class RatedDevice final : public Device {
public:
    RatedDevice() {
        streams_.push_back(stream_of("emg", StreamKind::emg, kEmgChannels, {2000, 1}));
        for (std::size_t s = 0; s < kSensors; ++s) streams_.push_back(stream_of(fmt::format("imu{}", s + 1), StreamKind::acceleration, kSensorChannels, {200, 1}));
    }
    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    void start() override {}
    ReadStatus read(FrameSink&, std::chrono::milliseconds) noexcept override { return ReadStatus::ended; }
    void stop() noexcept override {}

private:
    std::vector<StreamInfo> streams_;
};

/// As `tonus run --record` writes it: frames, their arrivals, results, and a proof every 40 ms.
void write_recording(const std::string& path, std::size_t seconds) {
    constexpr std::int64_t kStepNs = 20'000'000;  // how often a sink is asked
    VirtualClock clock;
    RatedDevice device;
    Device* const devices[] = {&device};
    Recorder recorder{system_files(), clock, path};
    recorder.listen(devices);
    FrameRing::Writer writer{recorder.ring(0)};
    SessionInfo session;
    session.channels.resize(kEmgChannels);
    session.streams.assign(device.streams().begin(), device.streams().end());
    const std::vector<ChannelResult> results(kEmgChannels);
    recorder.begin(session);
    ResultRow row;
    row.channels = results;
    for (std::size_t step = 0; step < 50 * seconds; ++step) {
        clock.advance(std::chrono::nanoseconds{kStepNs});
        const auto now_ns = static_cast<std::int64_t>(step + 1) * kStepNs;
        for (std::size_t s = 0; s < device.streams().size(); ++s) {
            const StreamInfo& info = device.streams()[s];
            const std::size_t n_frames = info.rate.num / 50;
            const auto samples = block_of(info.channels.size(), n_frames, static_cast<unsigned>(step + s));
            writer.push(s, step * n_frames, raw_frames(std::span<const std::int32_t>{samples}, info.channels.size(), now_ns), now_ns);
        }
        for (int i = 0; i < 2; ++i) {
            row.time_s = 0.01 * static_cast<double>(row.tick + 1);
            recorder.row(row);
            ++row.tick;
        }
        recorder.idle(0.0, 0);
    }
    recorder.end({});
}

template <class Act>
double seconds_of(Act&& act) {
    const std::int64_t begin_ns = SystemClock{}.now_ns();
    act();
    return static_cast<double>(SystemClock{}.now_ns() - begin_ns) * 1e-9;
}

class FirstFrame final : public FrameSink {
public:
    void push(std::size_t, std::uint64_t, RawFrames frames) noexcept override { n_frames += frames.n_frames; }
    std::uint64_t n_frames = 0;
};

double megabytes(const std::string& path) { return static_cast<double>(fs::file_size(path)) * 1e-6; }

/// libxdf prints while it loads, which is no part of a table.
void load_by_libxdf(const std::string& path) {
    std::fflush(stdout);
    const int kept = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    Xdf xdf;
    const int code = xdf.load_xdf(path);
    std::fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(nowhere);
    if (code != 0) throw run_error("libxdf does not read " + path);
}

/// EDFlib reads one EDF and writes another, a second of every channel at a time.
void copy_by_edflib(const std::string& from, const std::string& to) {
    edf_hdr_struct head{};
    if (edfopen_file_readonly(from.c_str(), &head, EDFLIB_DO_NOT_READ_ANNOTATIONS) != 0) throw run_error("EDFlib does not read " + from);
    const int out = edfopen_file_writeonly(to.c_str(), EDFLIB_FILETYPE_EDFPLUS, head.edfsignals);
    if (out < 0) throw run_error("EDFlib does not write " + to);
    std::vector<int> n_samples;
    for (int s = 0; s < head.edfsignals; ++s) {
        const edf_param_struct& signal = head.signalparam[s];
        n_samples.push_back(signal.smp_in_datarecord);
        edf_set_samplefrequency(out, s, signal.smp_in_datarecord);
        edf_set_physical_maximum(out, s, signal.phys_max);
        edf_set_physical_minimum(out, s, signal.phys_min);
        edf_set_digital_maximum(out, s, signal.dig_max);
        edf_set_digital_minimum(out, s, signal.dig_min);
    }
    std::vector<int> samples;
    for (long long record = 0; record < head.datarecords_in_file; ++record) {
        for (int s = 0; s < head.edfsignals; ++s) {
            samples.resize(static_cast<std::size_t>(n_samples[static_cast<std::size_t>(s)]));
            edfread_digital_samples(head.handle, s, n_samples[static_cast<std::size_t>(s)], samples.data());
            edfwrite_digital_samples(out, samples.data());
        }
    }
    edfclose_file(out);
    edfclose_file(head.handle);
}

class FormatsTable {
public:
    explicit FormatsTable(bool quick) : long_s_(quick ? 360 : 3600), short_s_(quick ? 20 : 120) {}

    int run() {
        const Machine machine = this_machine();
        fmt::print("{}, {} cores, {}; {}, {}, {}\n\n", machine.cpu, machine.n_usable, machine.instruction_set, machine.compiler, machine.build, machine.commit);
        opening();
        conversions();
        table_.print();
        fmt::print("\n");
        return requirements_.finish();
    }

private:
    std::string at(const std::string& name) const { return (folder_.path / name).string(); }

    void opening() {
        write_recording(at("long.xdf"), long_s_);
        FirstFrame sink;
        const double open_s = seconds_of([&] { open_recording(system_files(), at("long.xdf"))->next(sink); });
        table_.add({fmt::format("open {} s of XDF, to the first frame", long_s_), fmt::format("{:.0f}", megabytes(at("long.xdf"))), fmt::format("{:.2f}", open_s), "",
                    fmt::format("{} s", kOpenSMost), requirements_.check(open_s <= kOpenSMost, "opening XDF")});
        fs::remove(at("long.xdf"));
    }

    void conversions() {
        write_recording(at("in.xdf"), short_s_);
        for (const char* ending : {"xdf", "edf", "bdf", "hea", "mat", "npy", "csv"}) convert("in.xdf", fmt::format("out.{}", ending));
        for (const char* from : {"out.edf", "out.bdf", "out.hea"}) convert(from, fmt::format("of_{}.xdf", from + 4));
        const double edflib_s = seconds_of([&] { copy_by_edflib(at("out.edf"), at("edflib.edf")); });
        add_reference("EDFlib: EDF to EDF", "out.edf", edflib_s);
        convert("out.edf", "again.edf");
        add_reference("libxdf: XDF into memory", "in.xdf", seconds_of([&] { load_by_libxdf(at("in.xdf")); }));
    }

    void convert(const std::string& in, const std::string& out) {
        const double s = seconds_of([&] { convert_recording(system_files(), at(in), at(out), {}, {}, [](double) {}); });
        const double mb = megabytes(at(in == "out.hea" ? "out.dat" : in)), rate = mb / s;
        table_.add({fmt::format("convert {} to {}", in.substr(in.find('.') + 1), out.substr(out.find('.') + 1)), fmt::format("{:.0f}", mb), fmt::format("{:.2f}", s), fmt::format("{:.0f}", rate),
                    fmt::format("{} MB/s", kConvertMbPerSLeast), requirements_.check(rate >= kConvertMbPerSLeast, fmt::format("{} to {}", in, out))});
    }

    void add_reference(const std::string& what, const std::string& in, double s) {
        table_.add({what, fmt::format("{:.0f}", megabytes(at(in))), fmt::format("{:.2f}", s), fmt::format("{:.0f}", megabytes(at(in)) / s), "", "reference"});
    }

    std::size_t long_s_, short_s_;
    TemporaryFolder folder_;
    Table table_{{"what", "MB", "s", "MB/s of the input", "required", "met"}};
    Requirements requirements_;
};

int run(bool quick) { return FormatsTable{quick}.run(); }

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
