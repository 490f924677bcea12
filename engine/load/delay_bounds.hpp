#pragma once

namespace tonus {

/// A load that steps from one level to another, as fractions of MVC.
struct LoadStep {
    double from_mvc;
    double to_mvc;
};

/// When a moving RMS of a noiseless signal crosses the limit after a step:
/// W (limit^2 - from^2) / (to^2 - from^2). Zero when it is there already, infinite when it never is.
///
/// Throws Error for levels or a window under zero.
/// Source  domain 6.5.
double window_crossing_s(double window_s, LoadStep step, double limit_mvc = 1.0 / 3.0);

/// What a detector is given to decide on.
struct DetectionTerms {
    double bandwidth_hz = 160.0;       ///< statistical bandwidth B_s of the EMG (domain 3.1)
    double false_alarm_s = 3600.0;     ///< mean time between false alarms that is put up with
};

/// The delay that no detector of energies can be under, however it is built (Lorden 1971):
/// ln(ARL 2 B_s) / (2 B_s D) with D = (r - 1 - ln r) / 2 and r = (to / from)^2.
///
/// Whoever asks for a tenth over the limit within 100 ms and few false alarms asks for more than
/// the signal holds: 4.5 s is the least.
///
/// Throws Error unless 0 < from < to and both terms are above zero.
/// Source  domain 6.5.
double detection_delay_bound_s(LoadStep step, DetectionTerms terms = {});

}  // namespace tonus
