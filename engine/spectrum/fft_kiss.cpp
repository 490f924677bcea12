#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <kissfft/kiss_fftr.h>

#include "engine/core/error.hpp"
#include "engine/spectrum/fft.hpp"

namespace tonus {

struct RealFft::Plan {
    explicit Plan(std::size_t n)
        : config(kiss_fftr_alloc(static_cast<int>(n), 0, nullptr, nullptr)),
          samples(n, 0.0f),
          spectrum(n / 2 + 1),
          power(n / 2 + 1) {}
    ~Plan() { kiss_fftr_free(config); }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    kiss_fftr_cfg config;
    std::vector<float> samples;
    std::vector<kiss_fft_cpx> spectrum;
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

std::span<float> RealFft::input() noexcept { return plan_->samples; }

std::span<const float> RealFft::power(std::size_t n_bins) noexcept {
    kiss_fftr(plan_->config, plan_->samples.data(), plan_->spectrum.data());
    const std::size_t n = std::min(n_bins, plan_->power.size());
    for (std::size_t k = 0; k < n; ++k) {
        const kiss_fft_cpx& x = plan_->spectrum[k];
        plan_->power[k] = x.r * x.r + x.i * x.i;
    }
    return {plan_->power.data(), n};
}

const char* fft_library() noexcept { return "KissFFT"; }

}  // namespace tonus
