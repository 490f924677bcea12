#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tonus {

/// What a device's clock was found to be against the host's.
struct ClockEstimate {
    double offset_s = 0.0;      ///< host time - device time at the device's time `at_s`
    double at_s = 0.0;
    double drift_ppm = 0.0;     ///< > 0: the device is slow, its seconds last longer
    double residual_ms = 0.0;   ///< RMS distance of the bins from the line
    bool valid = false;         ///< needs 10 s

    /// When the host's clock showed this time of the device's, to the least delay of its link.
    double host_s(double device_s) const noexcept { return device_s + offset_s + drift_ppm * 1e-6 * (device_s - at_s); }
};

/// A causal line through (device time, arrival): arrivals are late by a random delay and never
/// early, so the earliest of every 5 s counts, and a line goes through those of the last 60 s.
/// The device's own counter drives it, so lost packets do not bend it.
///
/// Input      the device time of a read's last frame, and when the read was complete. Pieces of a
///            read share its stamp, and the last of them counts: cuts change nothing.
/// Real time  observe() does not allocate, lock, throw or call the system.
/// Source     domain 9.11.
class ClockFit {
public:
    void observe(double device_s, std::int64_t arrival_ns) noexcept;

    const ClockEstimate& estimate() const noexcept { return estimate_; }

private:
    static constexpr double kBinS = 5.0;
    static constexpr std::size_t kBins = 12;  // 60 s

    struct Bin {
        double device_s = 0.0;
        double delay_s = 0.0;  // host - device, the least of the bin
    };

    void take(double device_s, std::int64_t arrival_ns) noexcept;
    void close_bin() noexcept;
    void fit() noexcept;

    std::array<Bin, kBins> bins_{};
    std::size_t n_bins_ = 0;   // closed ones, all in all
    Bin open_{};
    double bin_start_s_ = 0.0;
    bool has_open_ = false;
    double newest_device_s_ = 0.0;
    std::int64_t newest_arrival_ns_ = 0;
    bool has_newest_ = false;
    ClockEstimate estimate_{};
};

}  // namespace tonus
