#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tonus::lsl {

using Info = struct InfoTag*;
using Inlet = struct InletTag*;
using Outlet = struct OutletTag*;
using Node = struct NodeTag*;

/// How liblsl numbers the types of values.
enum class ValueFormat : std::int32_t { float32 = 1, double64, string, int32, int16, int8, int64 };

/// What liblsl's functions leave in their last argument.
enum class Status : std::int32_t { ok = 0, timeout = -1, lost = -2, argument = -3, internal = -4 };

/// The functions of liblsl that are used, as its headers declare them. The counts of the pull
/// functions are values, not samples.
///
/// Source  protocols/lsl 2 and 3.
struct Liblsl {
    std::int32_t (*library_version)();
    std::int32_t (*protocol_version)();
    double (*local_clock)();

    std::int32_t (*resolve_all)(Info*, std::uint32_t n_infos_max, double wait_s);
    Info (*create_streaminfo)(const char* name, const char* type, std::int32_t n_channels, double rate_hz, ValueFormat, const char* source_id);
    void (*destroy_streaminfo)(Info);
    const char* (*get_name)(Info);
    const char* (*get_type)(Info);
    const char* (*get_source_id)(Info);
    const char* (*get_hostname)(Info);
    char* (*get_xml)(Info);
    void (*destroy_string)(char*);
    Node (*get_desc)(Info);
    Node (*append_child)(Node, const char* name);
    Node (*append_child_value)(Node, const char* name, const char* value);

    Inlet (*create_inlet)(Info, std::int32_t buffer_s, std::int32_t n_chunk, std::int32_t recover);
    void (*destroy_inlet)(Inlet);
    Info (*get_fullinfo)(Inlet, double timeout_s, std::int32_t* status);
    void (*open_stream)(Inlet, double timeout_s, std::int32_t* status);
    void (*close_stream)(Inlet);
    std::uint32_t (*inlet_flush)(Inlet);
    double (*time_correction)(Inlet, double timeout_s, std::int32_t* status);
    std::uint32_t (*was_clock_reset)(Inlet);
    unsigned long (*pull_chunk_f)(Inlet, float*, double* stamps, unsigned long, unsigned long n_stamps, double timeout_s, std::int32_t* status);
    unsigned long (*pull_chunk_d)(Inlet, double*, double* stamps, unsigned long, unsigned long n_stamps, double timeout_s, std::int32_t* status);
    unsigned long (*pull_chunk_i)(Inlet, std::int32_t*, double* stamps, unsigned long, unsigned long n_stamps, double timeout_s, std::int32_t* status);
    double (*pull_sample_str)(Inlet, char** texts, std::int32_t n_texts, double timeout_s, std::int32_t* status);

    Outlet (*create_outlet)(Info, std::int32_t n_chunk, std::int32_t buffer_s);
    void (*destroy_outlet)(Outlet);
    std::int32_t (*push_sample_ftp)(Outlet, const float*, double stamp_s, std::int32_t pushthrough);
    std::int32_t (*push_sample_strtp)(Outlet, const char**, double stamp_s, std::int32_t pushthrough);
};

/// Loads and checks one library. Throws Error (usage) saying what it lacks.
Liblsl load_liblsl(const std::string& path);

/// The library of this machine, loaded when it is first asked for: of TONUS_LIBLSL, of PYLSL_LIB, or
/// under its usual names. Throws Error (usage) saying where to get it when there is none. The
/// variables are read at each call, so that tests can change them.
const Liblsl& liblsl();

/// How long a stream may take to answer.
inline constexpr double kOpenS = 3.0;

/// Connects an inlet to its sender. Throws Error (failed) naming the stream when it does not answer.
void open_inlet(const Liblsl& api, Inlet inlet, const std::string& name);

}  // namespace tonus::lsl
