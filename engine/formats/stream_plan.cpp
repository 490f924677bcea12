#include "engine/formats/stream_plan.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/recording_format.hpp"

namespace tonus::formats {
namespace {

/// Where a signal of the flat list came from.
struct Origin {
    std::size_t group;
    std::size_t signal;
};

std::string name_for(const std::vector<StreamInfo>& streams, const std::string& group_name, StreamKind kind) {
    if (group_name.empty()) return stream_name(streams, kind);
    const auto taken = [&](const std::string& name) {
        return std::any_of(streams.begin(), streams.end(), [&](const StreamInfo& stream) { return stream.name == name; });
    };
    std::string name = group_name;
    if (taken(name)) name = fmt::format("{} {}", group_name, stream_kind_name(kind));
    for (int i = 2; taken(name); ++i) name = fmt::format("{} {}", group_name, i);
    return name;
}

}  // namespace

std::vector<PlannedStream> plan_streams(std::vector<SignalGroup> groups, const ReadOptions& options,
                                        const std::string& path, std::vector<std::string>& notes) {
    std::vector<Signal> signals;
    std::vector<Origin> origins;
    std::vector<std::string> labels;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        for (std::size_t i = 0; i < groups[g].signals.size(); ++i) {
            signals.push_back(std::move(groups[g].signals[i]));
            if (signals.back().info.label.empty()) signals.back().info.label = fmt::format("ch{}", signals.size());
            labels.push_back(signals.back().info.label);
            origins.push_back({g, i});
        }
    }
    settle_kinds(signals, options, path, notes);
    std::vector<PlannedStream> planned;
    std::vector<StreamInfo> infos;  // for names
    for (const std::size_t i : chosen_channels(labels, options, path)) {
        const auto [g, signal] = origins[i];
        const StreamKind kind = *signals[i].kind;
        std::size_t s = 0;
        while (s < planned.size() && (planned[s].group != g || planned[s].info.kind != kind)) ++s;
        if (s == planned.size()) {
            planned.push_back({.info = {.name = name_for(infos, groups[g].name, kind), .kind = kind, .rate = groups[g].rate,
                                        .type = groups[g].type, .channels = {}, .jump_cause = GapCause::recording,
                                        .device_id = "file:" + file_name(path)},
                               .group = g});
            infos.push_back(planned.back().info);
        }
        planned[s].info.channels.push_back(signals[i].info);
        planned[s].signals.push_back(signal);
    }
    return planned;
}

Rate rate_from_options(const ReadOptions& options, const std::string& path, const std::string& what) {
    if (options.rate) return *options.rate;
    throw usage_error(fmt::format("{}: {} does not say its sampling rate; add it to the address, as in file:{}?rate=1000", path, what, path));
}

void refuse_other_rate(const ReadOptions& options, const Rate& rate, const std::string& path) {
    if (!options.rate || std::abs(options.rate->hz() - rate.hz()) <= 1e-6 * rate.hz()) return;
    throw usage_error(fmt::format("{}: rate={:g} was asked for, but the file itself says {:g} Hz; leave the option out", path,
                                  options.rate->hz(), rate.hz()));
}

std::vector<StreamInfo> infos_of(const std::vector<PlannedStream>& planned) {
    std::vector<StreamInfo> infos;
    for (const PlannedStream& stream : planned) infos.push_back(stream.info);
    return infos;
}

}  // namespace tonus::formats
