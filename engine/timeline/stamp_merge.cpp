#include "engine/timeline/stamp_merge.hpp"

#include <algorithm>
#include <limits>

namespace tonus {

StampMerge::StampMerge(std::vector<FrameRing::Reader> readers, std::span<const std::int64_t> delays_ns)
    : readers_(std::move(readers)), delays_ns_(delays_ns.begin(), delays_ns.end()) {
    delays_ns_.resize(readers_.size());
}

std::optional<MergedRecord> StampMerge::front(std::int64_t now_ns) noexcept {
    std::optional<MergedRecord> earliest;
    std::int64_t heard_by_all = std::numeric_limits<std::int64_t>::max();
    for (std::size_t device = 0; device < readers_.size(); ++device) {
        FrameRing::Reader& reader = readers_[device];
        // Finished and heard first, the ring second: what comes in between is only newer.
        const bool finished = reader.finished();
        const std::int64_t heard = reader.heard_until(now_ns) - delays_ns_[device];
        std::optional<FrameRecord> record = reader.front();
        if (!record) {
            if (!finished && heard < heard_by_all) heard_by_all = heard;
            continue;
        }
        // No moment lies before the session.
        if (delays_ns_[device] > 0) record->frames.arrival_ns = std::max<std::int64_t>(record->frames.arrival_ns - delays_ns_[device], 0);
        if (!earliest || record->frames.arrival_ns < earliest->record.frames.arrival_ns) {
            earliest = MergedRecord{device, *record};
        }
    }
    if (!earliest || earliest->record.frames.arrival_ns >= heard_by_all) {
        if (readers_.size() > 1 || !earliest) return std::nullopt;
    }
    chosen_ = earliest->device;
    return earliest;
}

bool StampMerge::finished() noexcept {
    for (FrameRing::Reader& reader : readers_) {
        if (!reader.finished() || reader.front()) return false;
    }
    return true;
}

}  // namespace tonus
