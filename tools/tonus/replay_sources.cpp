#include "tools/tonus/replay_sources.hpp"

#include <algorithm>

#include "drivers/driver/driver.hpp"
#include "engine/core/error.hpp"
#include "engine/pipeline/excerpt_device.hpp"
#include "engine/pipeline/looped_device.hpp"
#include "engine/pipeline/marked_device.hpp"

namespace tonus::cli {
namespace {

std::unique_ptr<Device> part_of(std::unique_ptr<Device> device, const Played& played, const std::string& url) {
    if (!played.from_s && !played.to_s) return device;
    return std::make_unique<ExcerptDevice>(std::move(device), played.from_s, played.to_s, url);
}

std::unique_ptr<Device> open_part(const SessionSource& source, const Played& played) {
    return part_of(open_source(source), played, source_url(source));
}

/// Of a round: until the longest of the recordings is over.
double period_s(const std::vector<SessionSource>& opened, const Played& played) {
    double longest_s = 0.0;
    for (const SessionSource& source : opened) longest_s = std::max(longest_s, recording_length_s(*open_part(source, played)));
    if (longest_s == 0.0) throw usage_error("--loop: there is nothing to play again");
    return longest_s + LoopedDevice::kSeamS;
}

}  // namespace

Sources open_played(const std::vector<std::string>& paths_or_urls, const std::string& session_path, const Played& played, MarkerBoard& board) {
    Sources sources = open_recordings(paths_or_urls, session_path);
    const std::vector<SessionSource>& opened = sources.session.sources;
    for (const Device* device : sources.devices) {
        if (played.rounds && device->pacing() != Pacing::stamped) throw usage_error("--loop: only recordings can be played again");
    }
    const double round_s = played.rounds ? period_s(opened, played) : 0.0;
    for (std::size_t i = 0; i < opened.size(); ++i) {
        std::unique_ptr<Device> device;
        if (played.rounds) {
            device = std::make_unique<LoopedDevice>([source = opened[i], played] { return open_part(source, played); }, round_s, *played.rounds);
        } else {
            device = part_of(std::move(sources.owned[i]), played, source_url(opened[i]));
        }
        sources.owned[i] = std::make_unique<MarkedDevice>(std::move(device), board);
        sources.devices[i] = sources.owned[i].get();
        sources.streams[i] = sources.devices[i]->streams();
    }
    return sources;
}

}  // namespace tonus::cli
