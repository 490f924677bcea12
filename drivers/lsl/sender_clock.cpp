#include "drivers/lsl/sender_clock.hpp"

#include <cmath>

namespace tonus::lsl {
namespace {

constexpr double kAskEveryS = 5.0;
constexpr double kFirstAnswerS = 2.0;
constexpr double kPartOfNew = 0.2;  // of a new correction that counts
constexpr double kClockSetS = 0.1;  // a correction that leaps further is a clock that was set

}  // namespace

void SenderClock::start(Inlet inlet) noexcept {
    std::int32_t status = 0;
    correction_s_ = api_.time_correction(inlet, kFirstAnswerS, &status);
    is_known_ = status == 0 && std::isfinite(correction_s_);
    if (!is_known_) correction_s_ = 0.0;
    asked_ns_ = clock_.now_ns();
}

bool SenderClock::follow(Inlet inlet) noexcept {
    const std::int64_t now_ns = clock_.now_ns();
    if (static_cast<double>(now_ns - asked_ns_) * 1e-9 < kAskEveryS) return false;
    asked_ns_ = now_ns;
    std::int32_t status = 0;
    const double found_s = api_.time_correction(inlet, 0.0, &status);
    if (status != 0 || !std::isfinite(found_s)) return false;
    const bool is_set = !is_known_ || std::abs(found_s - correction_s_) > kClockSetS || api_.was_clock_reset(inlet) != 0;
    correction_s_ = is_set ? found_s : correction_s_ + kPartOfNew * (found_s - correction_s_);
    is_known_ = true;
    return is_set;
}

double SenderClock::age_s(double stamp_s) const noexcept {
    const double age_s = api_.local_clock() - here_s(stamp_s);
    return is_known_ && std::isfinite(age_s) ? age_s : 0.0;
}

}  // namespace tonus::lsl
