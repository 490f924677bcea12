#include <algorithm>
#include <mutex>
#include <vector>

#include <fftw3.h>
#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/spectrum/fft.hpp"

namespace tonus {

namespace {

/// FFTW's planner is one for the process and not made for threads; a batch makes pipelines on several.
std::mutex planner;

}  // namespace

struct RealFft::Plan {
    explicit Plan(std::size_t n)
        : samples(fftwf_alloc_real(n)), spectrum(fftwf_alloc_complex(n / 2 + 1)), power(n / 2 + 1) {
        const std::lock_guard lock{planner};
        // ESTIMATE: the same plan on every run, so that results repeat to the bit.
        plan = fftwf_plan_dft_r2c_1d(static_cast<int>(n), samples, spectrum, FFTW_ESTIMATE);
        std::fill_n(samples, n, 0.0f);
    }
    ~Plan() {
        const std::lock_guard lock{planner};
        fftwf_destroy_plan(plan);
        fftwf_free(spectrum);
        fftwf_free(samples);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    float* samples;
    fftwf_complex* spectrum;
    fftwf_plan plan = nullptr;
    std::vector<float> power;
};

RealFft::RealFft(std::size_t n) : n_(n) {
    if (n < 2 || n > (1u << 20) || n % 2 != 0) {
        throw usage_error(fmt::format("a window of {} samples is not even and 2 to 2^20", n));
    }
    plan_ = std::make_unique<Plan>(n);
}
RealFft::~RealFft() = default;
RealFft::RealFft(const RealFft& other) : RealFft(other.n_) {}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

std::span<float> RealFft::input() noexcept { return {plan_->samples, n_}; }

std::span<const float> RealFft::power(std::size_t n_bins) noexcept {
    fftwf_execute(plan_->plan);
    const std::size_t n = std::min(n_bins, plan_->power.size());
    const float* const parts = plan_->spectrum[0];
    float* const power = plan_->power.data();
    for (std::size_t k = 0; k < n; ++k) power[k] = parts[2 * k] * parts[2 * k] + parts[2 * k + 1] * parts[2 * k + 1];
    return {power, n};
}

const char* fft_library() noexcept { return "FFTW"; }

}  // namespace tonus
