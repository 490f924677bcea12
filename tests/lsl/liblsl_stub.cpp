// A liblsl of one process: the functions that Tonus calls, written from protocols/lsl alone. Outlets and
// inlets of the process that loads it find each other; nothing goes to a network. What a sender's
// machine and the network would do wrong is asked for by the functions of liblsl_stub.h.
//
// LSL_STUB_STREAM=NAME:TYPE:CHANNELS:RATE makes it send a stream of its own, so that a program can be
// tried alone: sample i is i + c / 100 in channel c. LSL_STUB_MARKERS=NAME:RATE makes it send the texts
// "cue 0", "cue 1", ... besides.
#include "tests/lsl/liblsl_stub.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kTimeout = -1, kLost = -2;
constexpr const char* kHost = "stub-host";
const std::vector<const char*> kFormats{"undefined", "float32", "double64", "string", "int32", "int16", "int8", "int64"};

double steady_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string{c};
    return out;
}

struct Sample {
    std::vector<double> values;
    std::vector<std::string> texts;
    double stamp_s;
};

}  // namespace

struct NodeTag {
    std::string name, value;
    std::vector<std::unique_ptr<NodeTag>> children = {};

    std::string xml() const {
        std::string inside = escaped(value);
        for (const auto& child : children) inside += child->xml();
        return "<" + name + ">" + inside + "</" + name + ">";
    }
};

struct InfoTag {
    std::string name, type, source_id;
    int n_channels = 1;
    double rate_hz = 0.0;
    int format = 1;
    std::shared_ptr<NodeTag> desc = std::make_shared<NodeTag>(NodeTag{"desc", ""});
    OutletTag* outlet = nullptr;
    std::string told = {};  // in place of what is true

    std::string xml() const {
        if (!told.empty()) return told;
        return "<?xml version=\"1.0\"?><info><name>" + escaped(name) + "</name><type>" + escaped(type) + "</type><channel_count>" +
               std::to_string(n_channels) + "</channel_count><channel_format>" + kFormats[static_cast<std::size_t>(format)] +
               "</channel_format><source_id>" + escaped(source_id) + "</source_id><nominal_srate>" + std::to_string(rate_hz) +
               "</nominal_srate><hostname>" + kHost + "</hostname>" + desc->xml() + "</info>";
    }
};

struct InletTag {
    OutletTag* outlet = nullptr;  // null: its sender is gone
    InfoTag info;
    bool open = false;
    std::deque<Sample> waiting = {};
    std::size_t n_waiting_max = 0;
};

struct OutletTag {
    InfoTag info;
    double ahead_s = 0.0;
    bool held = false;
    std::vector<Sample> held_back = {};
};

namespace {

struct Air {
    std::mutex mutex;
    std::condition_variable news;
    std::set<OutletTag*> outlets;
    std::set<InletTag*> inlets;
};

Air& air() {
    static Air& all = *new Air;  // outlives every thread
    return all;
}

void deliver(OutletTag& outlet, const Sample& sample) {
    for (InletTag* inlet : air().inlets) {
        if (inlet->outlet != &outlet || !inlet->open) continue;
        inlet->waiting.push_back(sample);
        if (inlet->waiting.size() > inlet->n_waiting_max) inlet->waiting.pop_front();
    }
}

void push(OutletTag* outlet, std::vector<double> values, double stamp_s, std::vector<std::string> texts = {}) {
    const std::lock_guard lock{air().mutex};
    Sample sample{std::move(values), std::move(texts), (stamp_s == 0.0 ? steady_s() : stamp_s) + outlet->ahead_s};
    if (outlet->held) outlet->held_back.push_back(std::move(sample));
    else deliver(*outlet, sample);
    air().news.notify_all();
}

/// Waits until all the room is filled, as the real one does, or the time is over.
template <class T>
unsigned long pull(InletTag* inlet, T* values, double* stamps, unsigned long n_values, unsigned long n_stamps, double timeout_s, int* status) {
    std::unique_lock lock{air().mutex};
    const auto n_channels = static_cast<std::size_t>(inlet->info.n_channels);
    const std::size_t n_wanted = std::min<std::size_t>(n_values / n_channels, n_stamps);
    air().news.wait_for(lock, std::chrono::duration<double>(timeout_s),
                        [&] { return inlet->waiting.size() >= n_wanted || inlet->outlet == nullptr; });
    const std::size_t n = std::min(n_wanted, inlet->waiting.size());
    for (std::size_t f = 0; f < n; ++f) {
        const Sample sample = std::move(inlet->waiting.front());
        inlet->waiting.pop_front();
        for (std::size_t c = 0; c < n_channels; ++c) values[f * n_channels + c] = static_cast<T>(sample.values[c]);
        stamps[f] = sample.stamp_s;
    }
    *status = n == 0 && inlet->outlet == nullptr ? kLost : 0;
    return n * n_channels;
}

/// Sends sample i at i / rate from a thread of its own.
template <class Send>
void send_alone(InfoTag info, double rate_hz, Send send) {
    auto* const outlet = new OutletTag{std::move(info)};
    outlet->info.outlet = outlet;
    {
        const std::lock_guard lock{air().mutex};
        air().outlets.insert(outlet);
    }
    std::thread{[=] {
        const double begin_s = steady_s();
        for (std::uint64_t i = 0;; ++i) {
            const double at_s = begin_s + static_cast<double>(i) / rate_hz;
            std::this_thread::sleep_for(std::chrono::duration<double>(at_s - steady_s()));
            send(outlet, i, at_s);
        }
    }}.detach();
}

InfoTag* copy_of(const InfoTag& info) { return new InfoTag(info); }

void send_samples(const char* wish) {
    char name[64], type[64];
    int n_channels = 0;
    double rate_hz = 0.0;
    if (std::sscanf(wish, "%63[^:]:%63[^:]:%d:%lf", name, type, &n_channels, &rate_hz) != 4) return;
    send_alone(InfoTag{name, type, "stub", n_channels, rate_hz, 1}, rate_hz, [n_channels](OutletTag* outlet, std::uint64_t i, double at_s) {
        std::vector<double> values;
        for (int c = 0; c < n_channels; ++c) values.push_back(static_cast<double>(i) + c / 100.0);
        push(outlet, std::move(values), at_s);
    });
}

void send_markers(const char* wish) {
    char name[64];
    double rate_hz = 0.0;
    if (std::sscanf(wish, "%63[^:]:%lf", name, &rate_hz) != 2) return;
    send_alone(InfoTag{name, "Markers", "stub-markers", 1, 0.0, 3}, rate_hz,
               [](OutletTag* outlet, std::uint64_t i, double at_s) { push(outlet, {0.0}, at_s, {"cue " + std::to_string(i)}); });
}

}  // namespace

extern "C" {

void stub_set_xml(stub_outlet outlet, const char* xml) {
    const std::lock_guard lock{air().mutex};
    outlet->info.told = xml;
}
void stub_set_clock_ahead(stub_outlet outlet, double seconds) {
    const std::lock_guard lock{air().mutex};
    outlet->ahead_s = seconds;
}
void stub_hold_back(stub_outlet outlet, int held) {
    const std::lock_guard lock{air().mutex};
    outlet->held = held != 0;
    if (outlet->held) return;
    for (const Sample& sample : outlet->held_back) deliver(*outlet, sample);
    outlet->held_back.clear();
    air().news.notify_all();
}

std::int32_t lsl_library_version() { return 117; }
std::int32_t lsl_protocol_version() { return 110; }
double lsl_local_clock() { return steady_s(); }

std::int32_t lsl_resolve_all(InfoTag** infos, std::uint32_t n_max, double wait_s) {
    static const bool alone = [] {
        const char* const samples = std::getenv("LSL_STUB_STREAM");
        const char* const markers = std::getenv("LSL_STUB_MARKERS");
        if (samples != nullptr) send_samples(samples);
        if (markers != nullptr) send_markers(markers);
        return samples != nullptr || markers != nullptr;
    }();
    static_cast<void>(alone);
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(wait_s, 0.02)));
    const std::lock_guard lock{air().mutex};
    std::int32_t n = 0;
    for (const OutletTag* outlet : air().outlets) {
        if (static_cast<std::uint32_t>(n) < n_max) infos[n++] = copy_of(outlet->info);
    }
    return n;
}

InfoTag* lsl_create_streaminfo(const char* name, const char* type, std::int32_t n_channels, double rate_hz, std::int32_t format, const char* id) {
    return new InfoTag{name, type, id, n_channels, rate_hz, format};
}
void lsl_destroy_streaminfo(InfoTag* info) { delete info; }
const char* lsl_get_name(InfoTag* info) { return info->name.c_str(); }
const char* lsl_get_type(InfoTag* info) { return info->type.c_str(); }
const char* lsl_get_source_id(InfoTag* info) { return info->source_id.c_str(); }
const char* lsl_get_hostname(InfoTag*) { return kHost; }
char* lsl_get_xml(InfoTag* info) { return strdup(info->xml().c_str()); }
void lsl_destroy_string(char* text) { std::free(text); }
NodeTag* lsl_get_desc(InfoTag* info) { return info->desc.get(); }
NodeTag* lsl_append_child(NodeTag* node, const char* name) {
    node->children.push_back(std::make_unique<NodeTag>(NodeTag{name, ""}));
    return node->children.back().get();
}
NodeTag* lsl_append_child_value(NodeTag* node, const char* name, const char* value) {
    node->children.push_back(std::make_unique<NodeTag>(NodeTag{name, value}));
    return node;
}

InletTag* lsl_create_inlet(InfoTag* info, std::int32_t buffer_s, std::int32_t, std::int32_t) {
    const std::lock_guard lock{air().mutex};
    const double n_max = info->rate_hz > 0.0 ? buffer_s * info->rate_hz : buffer_s * 100.0;
    auto* const inlet = new InletTag{air().outlets.count(info->outlet) != 0 ? info->outlet : nullptr, *info};
    inlet->n_waiting_max = static_cast<std::size_t>(std::max(n_max, 1.0));
    air().inlets.insert(inlet);
    return inlet;
}
void lsl_destroy_inlet(InletTag* inlet) {
    const std::lock_guard lock{air().mutex};
    air().inlets.erase(inlet);
    delete inlet;
}
InfoTag* lsl_get_fullinfo(InletTag* inlet, double, std::int32_t* status) {
    *status = 0;
    return copy_of(inlet->info);
}
void lsl_open_stream(InletTag* inlet, double, std::int32_t* status) {
    const std::lock_guard lock{air().mutex};
    inlet->open = inlet->outlet != nullptr;
    *status = inlet->open ? 0 : kTimeout;
}
void lsl_close_stream(InletTag* inlet) {
    const std::lock_guard lock{air().mutex};
    inlet->open = false;
    inlet->waiting.clear();
}
std::uint32_t lsl_inlet_flush(InletTag* inlet) {
    const std::lock_guard lock{air().mutex};
    const auto n = static_cast<std::uint32_t>(inlet->waiting.size());
    inlet->waiting.clear();
    return n;
}
double lsl_time_correction(InletTag* inlet, double, std::int32_t* status) {
    const std::lock_guard lock{air().mutex};
    *status = inlet->outlet != nullptr ? 0 : kLost;
    return inlet->outlet != nullptr ? -inlet->outlet->ahead_s : 0.0;
}
std::uint32_t lsl_was_clock_reset(InletTag*) { return 0; }

unsigned long lsl_pull_chunk_f(InletTag* inlet, float* values, double* stamps, unsigned long n, unsigned long n_stamps, double timeout_s, std::int32_t* status) {
    return pull(inlet, values, stamps, n, n_stamps, timeout_s, status);
}
unsigned long lsl_pull_chunk_d(InletTag* inlet, double* values, double* stamps, unsigned long n, unsigned long n_stamps, double timeout_s, std::int32_t* status) {
    return pull(inlet, values, stamps, n, n_stamps, timeout_s, status);
}
unsigned long lsl_pull_chunk_i(InletTag* inlet, std::int32_t* values, double* stamps, unsigned long n, unsigned long n_stamps, double timeout_s,
                               std::int32_t* status) {
    return pull(inlet, values, stamps, n, n_stamps, timeout_s, status);
}

OutletTag* lsl_create_outlet(InfoTag* info, std::int32_t, std::int32_t) {
    const std::lock_guard lock{air().mutex};
    auto* const outlet = new OutletTag{*info};
    outlet->info.outlet = outlet;
    air().outlets.insert(outlet);
    return outlet;
}
void lsl_destroy_outlet(OutletTag* outlet) {
    const std::lock_guard lock{air().mutex};
    for (InletTag* inlet : air().inlets) {
        if (inlet->outlet == outlet) inlet->outlet = nullptr;
    }
    air().outlets.erase(outlet);
    air().news.notify_all();
    delete outlet;
}
std::int32_t lsl_push_sample_ftp(OutletTag* outlet, const float* values, double stamp_s, std::int32_t) {
    push(outlet, {values, values + outlet->info.n_channels}, stamp_s);
    return 0;
}
std::int32_t lsl_push_sample_dtp(OutletTag* outlet, const double* values, double stamp_s, std::int32_t) {
    push(outlet, {values, values + outlet->info.n_channels}, stamp_s);
    return 0;
}
std::int32_t lsl_push_sample_itp(OutletTag* outlet, const std::int32_t* values, double stamp_s, std::int32_t) {
    push(outlet, {values, values + outlet->info.n_channels}, stamp_s);
    return 0;
}
std::int32_t lsl_push_sample_strtp(OutletTag* outlet, const char** texts, double stamp_s, std::int32_t) {
    const auto n = static_cast<std::size_t>(outlet->info.n_channels);
    push(outlet, std::vector<double>(n), stamp_s, {texts, texts + n});
    return 0;
}
double lsl_pull_sample_str(InletTag* inlet, char** texts, std::int32_t, double timeout_s, std::int32_t* status) {
    std::unique_lock lock{air().mutex};
    air().news.wait_for(lock, std::chrono::duration<double>(timeout_s), [&] { return !inlet->waiting.empty() || inlet->outlet == nullptr; });
    *status = inlet->waiting.empty() && inlet->outlet == nullptr ? kLost : 0;
    if (inlet->waiting.empty()) return 0.0;
    const Sample sample = std::move(inlet->waiting.front());
    inlet->waiting.pop_front();
    for (std::size_t c = 0; c < sample.texts.size(); ++c) texts[c] = strdup(sample.texts[c].c_str());
    return sample.stamp_s;
}

}  // extern "C"
