#include "bench/races/chain_race.hpp"

#include "bench/races/plain_chains.hpp"
#include "bench/races/race.hpp"
#include "engine/core/block.hpp"
#include "engine/core/denormals.hpp"
#include "engine/core/random.hpp"
#include "engine/envelope/linear_chain.hpp"

namespace tonus::bench {

ChainRates race_chains(std::size_t n_channels, int n_rounds) {
    constexpr std::size_t kBlocks = 8;  // different ones, in turn
    const FlushDenormals flush;
    const ChainShape shape{n_channels, kBlockFrames, padded_lanes(n_channels), kReferenceRateHz};
    const std::size_t n_block = shape.n_frames * shape.stride;
    AlignedVector<float> signal(kBlocks * n_block), result(n_block);
    Random random{1};
    for (float& x : signal) x = static_cast<float>(100.0 * random.normal());

    ChainRates rates;
    std::vector<Contender> all;
    std::vector<double*> found;
    std::size_t turn = 0;
    const auto enter = [&](double& rate, OtherChain chain) {
        if (!chain) return;
        const auto work = [&, chain = std::move(chain)] { chain(signal.data() + turn++ % kBlocks * n_block, result.data()); };
        all.push_back({work, static_cast<double>(shape.n_frames * n_channels)});
        found.push_back(&rate);
    };
    LinearChain ours{std::vector<LinearChain::Channel>(n_channels, {reference_sections(), static_cast<double>(kReferenceScale)}), 5.0, kReferenceRateHz};
    enter(rates.ours, [&](const float* in, float* out) { ours.process({in, out, shape.stride, shape.n_frames}); });
    for (OtherChain& chain : yardsticks(shape)) enter(rates.yardstick, std::move(chain));
    enter(rates.eigen, EigenChain{shape});
    enter(rates.scalar_float, ScalarChain<float>{shape});
    enter(rates.scalar_double, ScalarChain<double>{shape});
    enter(rates.liquid, liquid_chain(shape));
    enter(rates.brainflow, brainflow_chain(shape));

    race(all, n_rounds);
    for (std::size_t i = 0; i < all.size(); ++i) *found[i] = std::max(*found[i], all[i].best_per_s);
    return rates;
}

}  // namespace tonus::bench
