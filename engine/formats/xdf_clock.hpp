#pragma once

#include <cstddef>
#include <vector>

namespace tonus::formats {

/// Brings the stamps of one stream onto the recording computer's clock.
///
/// Between two restarts of the device's clock the offsets lie on a line, which is fitted so that single
/// bad measurements do not move it; a restart, where offsets and their times leap, begins another.
/// Without offsets stamps stay as they are.
/// Source  file formats, section 1.
class XdfClock {
public:
    struct Offset {
        double at_s = 0.0;  ///< in the stream's clock
        double offset_s = 0.0;
    };

    XdfClock() = default;
    /// Takes measurements in the order of the file.
    explicit XdfClock(const std::vector<Offset>& offsets);

    /// The stamp on the recording computer's clock.
    double corrected(double stamp_s) const noexcept;

    std::size_t n_segments() const noexcept { return segments_.size(); }

private:
    /// offset = offset_s + slope * (stamp - center_s), used nearest to [first_s, last_s].
    struct Segment {
        double first_s = 0.0;
        double last_s = 0.0;
        double center_s = 0.0;
        double offset_s = 0.0;
        double slope = 0.0;
    };
    static Segment fitted(const std::vector<Offset>& offsets, std::size_t first, std::size_t end);

    std::vector<Segment> segments_;
};

}  // namespace tonus::formats
