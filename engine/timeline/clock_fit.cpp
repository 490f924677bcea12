#include "engine/timeline/clock_fit.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {

void ClockFit::observe(double device_s, std::int64_t arrival_ns) noexcept {
    // A read that came in pieces is one observation: its last frame is the one that just arrived.
    if (has_newest_ && arrival_ns != newest_arrival_ns_) take(newest_device_s_, newest_arrival_ns_);
    newest_device_s_ = device_s;
    newest_arrival_ns_ = arrival_ns;
    has_newest_ = true;
}

void ClockFit::take(double device_s, std::int64_t arrival_ns) noexcept {
    const double delay_s = static_cast<double>(arrival_ns) * 1e-9 - device_s;
    if (has_open_ && device_s >= bin_start_s_ + kBinS) close_bin();
    if (!has_open_) {
        open_ = {device_s, delay_s};
        bin_start_s_ = device_s;
        has_open_ = true;
    } else if (delay_s < open_.delay_s) {
        open_ = {device_s, delay_s};
    }
}

void ClockFit::close_bin() noexcept {
    bins_[n_bins_ % kBins] = open_;
    ++n_bins_;
    has_open_ = false;
    fit();
}

void ClockFit::fit() noexcept {
    const std::size_t n = std::min(n_bins_, kBins);
    if (n < 2) return;
    double mean_x = 0.0, mean_y = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        mean_x += bins_[i].device_s / static_cast<double>(n);
        mean_y += bins_[i].delay_s / static_cast<double>(n);
    }
    double sxx = 0.0, sxy = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const double dx = bins_[i].device_s - mean_x;
        sxx += dx * dx;
        sxy += dx * (bins_[i].delay_s - mean_y);
    }
    const double slope = sxx > 0.0 ? sxy / sxx : 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const double expected = mean_y + slope * (bins_[i].device_s - mean_x);
        squares += (bins_[i].delay_s - expected) * (bins_[i].delay_s - expected);
    }
    estimate_ = {.offset_s = mean_y,
                 .at_s = mean_x,
                 .drift_ppm = slope * 1e6,
                 .residual_ms = std::sqrt(squares / static_cast<double>(n)) * 1e3,
                 .valid = true};
}

}  // namespace tonus
