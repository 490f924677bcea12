#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/pipeline/live_places.hpp"

namespace tonus::cli {

/// How a command speaks: to a person, to nobody, or to a script.
struct Voice {
    bool quiet = false;
    bool json = false;
};

struct DemoOptions {
    double duration_s = 40.0;
    int subject = 7;
    Voice voice;
};

struct RunOptions {
    std::vector<std::string> sources;
    std::string session;
    std::optional<double> duration_s;
    std::string out;
    std::string events;
    std::string record;
    std::string lsl_out;  ///< name of the LSL streams
    LivePlaces places;
    Voice voice;
};

struct ReplayOptions {
    std::vector<std::string> files;
    std::string session;
    std::string speed = "max";
    std::optional<double> from_s;
    std::optional<double> to_s;
    std::optional<std::uint64_t> rounds;  ///< 0: until Ctrl-C
    std::string out;
    std::string events;
    std::string taps;
    std::string onsets;
    std::string detector = "cusum";
    std::string synergies;
    bool zero_phase = false;
    Voice voice;
};

struct BatchOptions {
    std::vector<std::string> files;
    std::string session;
    std::string out;
    std::optional<std::size_t> n_jobs;
    Voice voice;
};

struct CalibrateOptions {
    std::vector<std::string> sources;
    std::string session;
    double rest_s = 10.0;
    double hold_s = 4.0;
    std::optional<double> pause_s;
    double window_s = 1.0;
    bool no_bias = false;
    bool fast = false;
    Voice voice;
};

struct CheckOptions {
    std::vector<std::string> sources;
    std::string session;
    double rest_s = 15.0;  // hum takes 8 s to be found, and must not pass for the resting level
    double hold_s = 2.0;
    std::optional<double> pause_s;
    bool fast = false;
    Voice voice;
};

struct AlignOptions {
    std::string file;
    double later_s_max = 1.0;
    Voice voice;
};

struct InspectOptions {
    std::string file;
    std::string session;
    Voice voice;
};

struct VerifyOptions {
    std::string file;
    Voice voice;
};

struct ConvertOptions {
    std::string in;
    std::string out;
    std::string session;
    std::vector<std::string> streams;
    std::optional<double> from_s;
    std::optional<double> to_s;
    Voice voice;
};

struct DriversOptions {
    Voice voice;
};

struct BenchOptions {
    bool quick = false;
    std::string json;
    std::string compare;
    std::string from;
    bool costs = false;
    std::string svg;
    double ratio = 1.25;
    bool quiet = false;
};

struct EmulateOptions {
    std::string device;   ///< "cyton", or "cyton:?lost=0.01"
    std::string subject;  ///< options of sim:
    std::string at;       ///< a name for its serial port
    std::optional<double> duration_s;
    bool list = false;
    Voice voice;
};

/// Each returns the exit code of the process: 0 done, 1 the run failed. Each throws Error.
int demo(const DemoOptions& options);
int run(const RunOptions& options);
int replay(const ReplayOptions& options);
int batch(const BatchOptions& options);
int calibrate(const CalibrateOptions& options);
int check(const CheckOptions& options);
int align(const AlignOptions& options);
int inspect(const InspectOptions& options);
int verify(const VerifyOptions& options);
int convert(const ConvertOptions& options);
int drivers(const DriversOptions& options);
int bench(const BenchOptions& options);
int emulate(const EmulateOptions& options);

}  // namespace tonus::cli
