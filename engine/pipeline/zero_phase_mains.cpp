#include "engine/pipeline/zero_phase_mains.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr double kDetectionS = 12.0;  // what the detector needs at most

FlaggedSignal stretch_of(const KeptSignal& kept, const Lanes& signal_uv, const KeptSignal::Stretch& stretch, std::size_t channel) {
    return {std::span{signal_uv[channel]}.subspan(stretch.first, stretch.n_frames),
            kept.flags(channel).subspan(stretch.first, stretch.n_frames)};
}

}  // namespace

void ZeroPhaseMains::find(const KeptSignal& kept, const Lanes& conditioned_uv) {
    detect(kept);
    if (changes_.empty()) return;
    std::uint64_t first_frame = 0;  // of the stretch, in the recording
    for (const KeptSignal::Stretch& stretch : kept.stretches()) {
        first_frame += stretch.n_gap;
        const auto frame_at = [&](std::size_t second) { return first_frame + kept.rate().frames_in(static_cast<double>(second)); };
        std::vector<MainsSegment>& segments = segments_.emplace_back();
        const double nominal_hz = between(first_frame, first_frame + stretch.n_frames).nominal_hz;
        if (nominal_hz > 0.0) {
            std::vector<FlaggedSignal> channels;
            for (std::size_t ch = 0; ch < kept.n_channels(); ++ch) channels.push_back(stretch_of(kept, conditioned_uv, stretch, ch));
            for (const double f_hz : track_mains(channels, kept.rate(), nominal_hz)) {
                const std::size_t second = segments.size();
                const MainsState state = between(frame_at(std::max<std::size_t>(second, 1) - 1), frame_at(second + 1));
                segments.push_back({f_hz, state.nominal_hz == nominal_hz ? state.harmonics : 0});
            }
        }
        first_frame += stretch.n_frames;
    }
}

void ZeroPhaseMains::detect(const KeptSignal& kept) {
    n_detection_ = kept.rate().frames_in(kDetectionS);
    MainsDetector detector{{.rate = kept.rate(), .n_channels = kept.n_channels()}};
    BlockOfLanes block{kept.n_channels()};
    MainsState last;
    for (const KeptSignal::Stretch& stretch : kept.stretches()) {
        for (std::uint64_t done = 0; done < stretch.n_gap; done += kBlockFrames) {
            detector.skip(std::min<std::uint64_t>(kBlockFrames, stretch.n_gap - done));
        }
        for (std::size_t done = 0; done < stretch.n_frames; done += kBlockFrames) {
            const std::size_t n = std::min(kBlockFrames, stretch.n_frames - done);
            const MainsState& state = detector.process(block.at(kept.gated_uv(), kept, stretch.first + done, n));
            if (state.nominal_hz != last.nominal_hz) changes_.push_back(state);
            if (state.nominal_hz != last.nominal_hz || state.harmonics != last.harmonics) states_.push_back(state);
            last = state;
        }
    }
}

/// All hum known between two frames or up to 12 s after them; of two grids the later.
MainsState ZeroPhaseMains::between(std::uint64_t from_frame, std::uint64_t to_frame) const {
    MainsState all;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const MainsState& state = states_[i];
        const bool is_over = i + 1 < states_.size() && states_[i + 1].from_frame <= from_frame;
        if (is_over || state.nominal_hz == 0.0 || state.from_frame >= to_frame + n_detection_) continue;
        if (state.nominal_hz != all.nominal_hz) all = {.nominal_hz = state.nominal_hz};
        all.harmonics |= state.harmonics;
    }
    return all;
}

Lanes ZeroPhaseMains::take_off(const KeptSignal& kept, Lanes& conditioned_uv) const {
    Lanes hum_uv(changes_.empty() ? 0 : kept.n_channels());
    for (std::size_t ch = 0; ch < hum_uv.size(); ++ch) {
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            const std::vector<float> of_stretch =
                regress_mains(stretch_of(kept, conditioned_uv, kept.stretches()[s], ch), kept.rate(), segments_[s]);
            hum_uv[ch].insert(hum_uv[ch].end(), of_stretch.begin(), of_stretch.end());
        }
        for (std::size_t i = 0; i < hum_uv[ch].size(); ++i) conditioned_uv[ch][i] -= hum_uv[ch][i];
    }
    return hum_uv;
}

}  // namespace tonus
