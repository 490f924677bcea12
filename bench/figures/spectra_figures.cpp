#include <memory>
#include <vector>

#include "bench/figures/figures.hpp"
#include "bench/races/race.hpp"
#include "bench/races/spectra_race.hpp"
#include "engine/core/denormals.hpp"

namespace tonus::bench {

#ifdef TONUS_FFTW

void spectra_figures(Figures& figures, bool quick) {
    const FlushDenormals flush;
    for (const std::size_t n_channels : {16u, 64u}) {
        // Behind pointers, because they cannot be copied and a std::function must be.
        const auto spectra = std::make_shared<SpectraHop>(n_channels);
        const auto bare = std::make_shared<BareTransforms>(n_channels);
        const auto items = static_cast<double>(hop_samples(n_channels));
        std::vector<Contender> both{{[=] { (*spectra)(); }, items}, {[=] { (*bare)(); }, items}};
        race(both, quick ? 10 : 100);
        const double ratio = both[1].best_per_s / both[0].best_per_s;
        figures.add(fmt::format("spectra, {} channels, against FFTW's bare transforms", n_channels), fmt::format("{:.2f}x: {:.2f} ns a sample", ratio, 1e9 / both[0].best_per_s),
                    fmt::format("{:.2f} ns a sample", 1e9 / both[1].best_per_s), "<= 1.5x", ratio <= 1.5);
    }
}

#else

void spectra_figures(Figures& figures, bool) { figures.show("spectra against FFTW's bare transforms", "-", "built without FFTW", "<= 1.5x"); }

#endif

}  // namespace tonus::bench
