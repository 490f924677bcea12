#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"

namespace tonus {

/// The autocorrelation, at lags 0 .. n_lags, of the model muscle behind a chain of filters. Exact: of
/// its impulse response, which has died away within a second.
std::vector<double> model_autocorrelation(double sample_rate_hz, std::span<const Section> filters, std::size_t n_lags);

}  // namespace tonus
