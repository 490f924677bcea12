#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/figures/figures.hpp"
#include "bench/races/reference_chain.hpp"
#include "engine/condition/conditioner.hpp"
#include "engine/condition/gate.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/random.hpp"
#include "engine/envelope/linear_chain.hpp"
#include "engine/envelope/linear_envelope.hpp"

namespace tonus::bench {
namespace {

/// The largest error of the float envelope, of its full scale; bursts of 100 uV and quiet of 2 uV.
double worst_envelope_error() {
    constexpr std::size_t kFrames = 20'000, kStride = kLanes;
    Random random{5};
    AlignedVector<float> signal(kFrames * kStride), ours(signal.size());
    for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = static_cast<float>((i / kStride % 2000 < 1000 ? 100.0 : 2.0) * random.normal());
    LinearChain chain{std::vector<LinearChain::Channel>(1, {reference_sections(), 1.0}), 5.0, kReferenceRateHz};
    chain.process({signal.data(), ours.data(), kStride, kFrames});
    SectionCascade<double> filter{reference_sections()};
    LinearEnvelope<double> envelope{1, 5.0, kReferenceRateHz};
    double worst = 0.0, full_scale = 0.0;
    for (std::size_t f = 0; f < kFrames; ++f) {
        double x = static_cast<double>(signal[f * kStride]);
        filter.process({&x, 1});
        envelope.process({&x, 1});
        worst = std::max(worst, std::abs(static_cast<double>(ours[f * kStride]) - x));
        full_scale = std::max(full_scale, x);
    }
    return worst / full_scale;
}

/// What gate and filters of the general profile give at 4 kHz for noise of 10 uV on an offset.
std::vector<double> conditioned(double offset_uv) {
    constexpr std::size_t kFrames = 8000;
    constexpr double kStepUv = 0.0625;
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {4000, 1}, .type = SampleType::int32};
    stream.channels.push_back({.label = "ch", .unit = "uV", .scale = kStepUv, .raw_min = -8'388'608.0, .raw_max = 8'388'607.0});
    Gate gate{{stream}};
    Conditioner conditioner{{.rate = stream.rate, .profiles = {Profile::general}}};
    Random random{7};
    std::vector<double> out;
    for (std::size_t f = 0; f < kFrames; f += kBlockFrames) {
        std::vector<std::int32_t> counts(kBlockFrames);
        // Noise is rounded by itself, so that both runs have the same. The first value is the offset alone.
        for (std::size_t i = 0; i < kBlockFrames; ++i) {
            const double noise_uv = f + i == 0 ? 0.0 : 10.0 * random.normal();
            counts[i] = static_cast<std::int32_t>(std::lround(noise_uv / kStepUv) + std::lround(offset_uv / kStepUv));
        }
        const Block<unit::Microvolt> block = gate.process(raw_frames(std::span<const std::int32_t>{counts}, 1, 0));
        conditioner.process(block);
        for (std::size_t i = 0; i < kBlockFrames; ++i) out.push_back(static_cast<double>(block.frame(i)[0]));
    }
    return out;
}

double rms_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

}  // namespace

void accuracy_figures(Figures& figures) {
    const double error = worst_envelope_error();
    figures.add("envelope in float, worst error, of full scale", fmt::format("{:.1e}", error), "the same in double", "<= 1e-4", error <= 1e-4);
    const double left_uv = rms_difference(conditioned(300e3), conditioned(0.0));
    figures.add("300 mV of electrode offset leave, at 4 kHz", fmt::format("{:.1e} uV RMS", left_uv), "the same without offset", "< 0.01 uV RMS", left_uv < 0.01);
}

}  // namespace tonus::bench
