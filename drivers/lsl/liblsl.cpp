#include "drivers/lsl/liblsl.hpp"

#include <array>
#include <cstdlib>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "drivers/transport/shared_library.hpp"
#include "engine/core/error.hpp"

namespace tonus::lsl {
namespace {

constexpr std::int32_t kVersionMin = 114;
constexpr std::int32_t kProtocol = 1;
constexpr std::array kVariables{"TONUS_LIBLSL", "PYLSL_LIB"};
#if defined(__APPLE__)
constexpr std::array kNames{"liblsl.2.dylib", "liblsl.dylib", "lsl.framework/lsl"};
#else
constexpr std::array kNames{"liblsl.so.2", "liblsl.so", "liblsl64.so"};
#endif

template <class Function>
void take(const SharedLibrary& library, const std::string& path, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(library.find(name));
    if (function == nullptr) throw usage_error(fmt::format("{} is no liblsl, or one too old: it has no {}", path, name));
}

const Liblsl& loaded(const std::string& path) {
    static std::mutex mutex;
    static std::map<std::string, Liblsl> libraries;
    const std::lock_guard lock{mutex};
    const auto found = libraries.find(path);
    return found != libraries.end() ? found->second : libraries.emplace(path, load_liblsl(path)).first->second;
}

}  // namespace

Liblsl load_liblsl(const std::string& path) {
    const SharedLibrary library{path};
    Liblsl api{};
    const auto get = [&](const char* name, auto*& function) { take(library, path, name, function); };
    get("lsl_library_version", api.library_version);
    get("lsl_protocol_version", api.protocol_version);
    get("lsl_local_clock", api.local_clock);
    get("lsl_resolve_all", api.resolve_all);
    get("lsl_create_streaminfo", api.create_streaminfo);
    get("lsl_destroy_streaminfo", api.destroy_streaminfo);
    get("lsl_get_name", api.get_name);
    get("lsl_get_type", api.get_type);
    get("lsl_get_source_id", api.get_source_id);
    get("lsl_get_hostname", api.get_hostname);
    get("lsl_get_xml", api.get_xml);
    get("lsl_destroy_string", api.destroy_string);
    get("lsl_get_desc", api.get_desc);
    get("lsl_append_child", api.append_child);
    get("lsl_append_child_value", api.append_child_value);
    get("lsl_create_inlet", api.create_inlet);
    get("lsl_destroy_inlet", api.destroy_inlet);
    get("lsl_get_fullinfo", api.get_fullinfo);
    get("lsl_open_stream", api.open_stream);
    get("lsl_close_stream", api.close_stream);
    get("lsl_inlet_flush", api.inlet_flush);
    get("lsl_time_correction", api.time_correction);
    get("lsl_was_clock_reset", api.was_clock_reset);
    get("lsl_pull_chunk_f", api.pull_chunk_f);
    get("lsl_pull_chunk_d", api.pull_chunk_d);
    get("lsl_pull_chunk_i", api.pull_chunk_i);
    get("lsl_pull_sample_str", api.pull_sample_str);
    get("lsl_create_outlet", api.create_outlet);
    get("lsl_destroy_outlet", api.destroy_outlet);
    get("lsl_push_sample_ftp", api.push_sample_ftp);
    get("lsl_push_sample_strtp", api.push_sample_strtp);
    if (api.library_version() < kVersionMin) {
        throw usage_error(fmt::format("{} is liblsl {}.{}; 1.14 or later is needed", path, api.library_version() / 100, api.library_version() % 100));
    }
    if (api.protocol_version() / 100 != kProtocol) {
        throw usage_error(fmt::format("{} speaks protocol {}; {} is known", path, api.protocol_version() / 100, kProtocol));
    }
    return api;
}

const Liblsl& liblsl() {
    // One that was named is meant: another in its place would not be noticed.
    for (const char* variable : kVariables) {
        const char* const path = std::getenv(variable);
        if (path != nullptr && *path != '\0') return loaded(path);
    }
    std::string tried;
    for (const char* name : kNames) {
        try {
            return loaded(name);
        } catch (const Error& error) {
            tried += fmt::format("\n  {}", error.what());
        }
    }
    throw usage_error("Lab Streaming Layer needs liblsl, which is not here. Install it (pip install pylsl brings it along, as do the packages "
                      "of github.com/sccn/liblsl and conda), or say where it is: TONUS_LIBLSL=/path/to/liblsl.so" + tried);
}

void open_inlet(const Liblsl& api, Inlet inlet, const std::string& name) {
    std::int32_t status = 0;
    api.open_stream(inlet, kOpenS, &status);
    if (status == 0) return;
    throw run_error(fmt::format("{}: it is announced, but does not let itself be opened (liblsl: {}): does a firewall stand between?", name, status));
}

}  // namespace tonus::lsl
