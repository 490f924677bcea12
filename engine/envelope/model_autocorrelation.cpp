#include "engine/envelope/model_autocorrelation.hpp"

#include "engine/condition/section_cascade.hpp"
#include "engine/core/emg_shape.hpp"

namespace tonus {
namespace {

constexpr std::size_t kTailFrames = 1000;

}  // namespace

std::vector<double> model_autocorrelation(double sample_rate_hz, std::span<const Section> filters, std::size_t n_lags) {
    EmgShapeFilter shape{EmgShape::design(sample_rate_hz)};
    SectionCascade<double> cascade{filters};
    std::vector<double> h(static_cast<std::size_t>(sample_rate_hz) + kTailFrames);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = shape.process(i == 0 ? 1.0 : 0.0);
    cascade.process_signal(h);
    std::vector<double> r(n_lags + 1, 0.0);
    for (std::size_t lag = 0; lag <= n_lags; ++lag) {
        for (std::size_t i = lag; i < h.size(); ++i) r[lag] += h[i] * h[i - lag];
    }
    return r;
}

}  // namespace tonus
