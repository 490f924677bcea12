#include "engine/pipeline/vibration_watch.hpp"

#include "engine/device/unit_scale.hpp"

namespace tonus {

VibrationWatch::VibrationWatch(std::span<const StreamInfo> streams, const Session& session) {
    if (!session.find_vibration) return;
    for (std::size_t s = 0; s < streams.size(); ++s) {
        const StreamInfo& stream = streams[s];
        if (stream.kind != StreamKind::acceleration || stream.channels.size() < axes_.size() || !VibrationDetector::can_hear(stream.rate)) continue;
        const std::optional<double> unit_m_s2 = m_s2_per(stream.channels[0].unit);
        if (!unit_m_s2) continue;
        if (session.ecg_template) {
            note_ = "a vibration is not looked for: ecg = \"B\" has no comb against it";
            return;
        }
        for (std::size_t i = 0; i < axes_.size(); ++i) axes_[i] = {*unit_m_s2 * stream.channels[i].scale, *unit_m_s2 * stream.channels[i].offset};
        stream_ = s;
        rate_ = stream.rate;
        detector_.emplace(VibrationDetectorConfig{.rate = stream.rate});
        return;
    }
}

void VibrationWatch::process(const FrameRecord& record, const Placement& placement, ResultPort& out) noexcept {
    if (detector_->skip(placement.n_gap())) report(placement.frame, out);
    for (std::size_t f = placement.n_skip; f < record.frames.n_frames; ++f) {
        std::array<double, 3> a{};
        for (std::size_t i = 0; i < a.size(); ++i) a[i] = axes_[i].scale * record.frames.at(f, i) + axes_[i].offset;
        if (detector_->process(a)) report(placement.frame + f - placement.n_skip, out);
    }
}

void VibrationWatch::report(std::uint64_t frame, ResultPort& out) const noexcept {
    out.event({.kind = EventKind::vibration, .time_s = rate_.time_s(frame), .stream = stream_, .value = frequency_hz()});
}

}  // namespace tonus
