#include "engine/formats/xdf_clock.hpp"

#include <algorithm>
#include <cmath>

#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr double kLeapTimeS = 60.0;    // measurements come every few seconds
constexpr double kLeapOffsetS = 1.0;   // clocks drift by a millisecond a minute at most
constexpr double kInlierS = 1e-4;      // round trips on one network differ by less
constexpr int kFitRounds = 20;
constexpr double kSlopeMax = 0.01;     // no quartz is off by a hundredth

}  // namespace

/// A line by weighted least squares, where what lies far from the line weighs less (Huber).
XdfClock::Segment XdfClock::fitted(const std::vector<Offset>& offsets, std::size_t first, std::size_t end) {
    Segment segment{.first_s = offsets[first].at_s, .last_s = offsets[first].at_s};
    double sum = 0.0;
    for (std::size_t i = first; i < end; ++i) {
        segment.first_s = std::min(segment.first_s, offsets[i].at_s);
        segment.last_s = std::max(segment.last_s, offsets[i].at_s);
        sum += offsets[i].at_s;
    }
    segment.center_s = sum / static_cast<double>(end - first);
    segment.offset_s = offsets[first].offset_s;
    bool weighted = false;
    for (int round = 0; round < kFitRounds; ++round) {
        double w_sum = 0.0, x_sum = 0.0, y_sum = 0.0, xx = 0.0, xy = 0.0;
        const auto weight = [&](double x, double y) {
            const double residual = std::abs(y - segment.offset_s - segment.slope * x);
            return !weighted || residual <= kInlierS ? 1.0 : kInlierS / residual;
        };
        for (std::size_t i = first; i < end; ++i) {
            const double x = offsets[i].at_s - segment.center_s, w = weight(x, offsets[i].offset_s);
            w_sum += w;
            x_sum += w * x;
            y_sum += w * offsets[i].offset_s;
        }
        const double x_mean = x_sum / w_sum, y_mean = y_sum / w_sum;
        for (std::size_t i = first; i < end; ++i) {
            const double x = offsets[i].at_s - segment.center_s, w = weight(x, offsets[i].offset_s);
            xx += w * (x - x_mean) * (x - x_mean);
            xy += w * (x - x_mean) * (offsets[i].offset_s - y_mean);
        }
        segment.slope = xx > 0.0 ? std::clamp(xy / xx, -kSlopeMax, kSlopeMax) : 0.0;
        segment.offset_s = y_mean - segment.slope * x_mean;
        weighted = true;
    }
    return segment;
}

XdfClock::XdfClock(const std::vector<Offset>& offsets) {
    std::size_t first = 0;
    for (std::size_t i = 1; i <= offsets.size(); ++i) {
        const double elapsed_s = i < offsets.size() ? offsets[i].at_s - offsets[i - 1].at_s : 0.0;
        const bool leap = i < offsets.size() && (elapsed_s < 0.0 || elapsed_s > kLeapTimeS) &&
                          std::abs(offsets[i].offset_s - offsets[i - 1].offset_s) > kLeapOffsetS;
        if (i < offsets.size() && (!leap || segments_.size() + 1 >= limits::kClockRestarts)) continue;
        segments_.push_back(fitted(offsets, first, i));
        first = i;
    }
}

double XdfClock::corrected(double stamp_s) const noexcept {
    const Segment* nearest = nullptr;
    double least = 0.0;
    for (const Segment& segment : segments_) {
        const double distance = std::max({segment.first_s - stamp_s, stamp_s - segment.last_s, 0.0});
        if (nearest != nullptr && distance >= least) continue;
        nearest = &segment;
        least = distance;
    }
    if (nearest == nullptr) return stamp_s;
    return stamp_s + nearest->offset_s + nearest->slope * (stamp_s - nearest->center_s);
}

}  // namespace tonus::formats
