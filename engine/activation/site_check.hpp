#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tonus {

/// Settings of a SiteCheck.
struct SiteCheckConfig {
    double ratio_min = 3.0;  ///< the side that was asked rises this many times more than the other
    double raise_min = 3.0;  ///< less than this many resting levels is no effort
};

enum class SiteSide { left, right };

/// One value of each side of a site, in the order of the body.
struct SideLevels {
    double left_uv = 0.0;
    double right_uv = 0.0;
};

enum class SiteVerdict {
    ok,
    swapped,  ///< left and right cables are exchanged
    dead,     ///< an electrode pair that never rises
    unclear,
};

std::string_view site_verdict_name(SiteVerdict verdict) noexcept;

/// What the check says of one site.
struct SiteFinding {
    SiteVerdict verdict = SiteVerdict::unclear;
    std::string advice;  ///< empty when all is well
};

/// Finds exchanged and dead cables of a site from efforts of one side at a time.
///
/// Both sides must be asked: in an effort of the left alone, an exchanged pair and a dead one look
/// alike, and a silent right side may be rest or a broken cable.
///
/// Input     the RMS at rest, and in the plateau of each effort, of both sides of a site.
/// Output    a raise is counted in resting levels, after the rest is taken off in power (domain 3.9).
/// Source    domain 4.2, 1.4. The least raise is that of a maximum (domain 5.1).
class SiteCheck {
public:
    /// Throws Error unless ratio_min > 1 and raise_min > 0. A resting level of 0 or NaN gives unclear.
    SiteCheck(std::string site, SideLevels rest, SiteCheckConfig config = {});

    /// An effort of one side.
    void trial(SiteSide asked, SideLevels rms);

    SiteFinding finding() const;

private:
    struct Trial {
        SiteSide asked;
        double asked_raise, mirror_raise;  ///< of the electrodes called so
    };
    bool asked_both() const noexcept;
    bool rises(SiteSide side) const noexcept;

    std::string site_;
    SideLevels rest_;
    SiteCheckConfig config_;
    std::vector<Trial> trials_;
    bool known_ = true;  ///< every level so far is a number above zero
};

}  // namespace tonus
