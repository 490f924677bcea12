#include "tools/tonus/synergies_run.hpp"

#include <fmt/format.h>

#include "engine/activation/synergies.hpp"
#include "engine/pipeline/site_envelopes.hpp"
#include "engine/sinks/text_writer.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {

void write_synergies(Sources sources, const std::string& path, const Voice& voice) {
    ProgressBar progress{"finding synergies", !voice.quiet && !voice.json};
    const RunControl control{.progress = [&progress](double part) { progress.show(0.5 * part); }, .stop = &interrupted()};
    const SiteEnvelopes envelopes = site_envelopes(sources.devices, sources.session, control);
    const std::size_t n_sites = envelopes.n_sites;

    TextWriter out{system_files(), path};
    out.text("n_synergies,chosen,vaf,channel,channel_vaf,envelopes");
    for (std::size_t k = 1; k <= n_sites; ++k) out.print(",weight_{}", k);
    out.text("\n");
    std::size_t chosen = 0;
    double vaf = 0.0;
    for (std::size_t k = 1; k <= n_sites && chosen == 0 && !interrupted(); ++k) {
        const Synergies found = factorise({envelopes.values, n_sites}, k);
        if (found.sufficient || k == n_sites) chosen = k;
        vaf = found.vaf;
        for (std::size_t site = 0; site < n_sites; ++site) {
            out.print("{},{},{:.5f},{},{:.5f},{}", k, chosen == k ? 1 : 0, found.vaf, sources.session.channels[site].name, found.site_vaf[site],
                      envelopes.of_mvc ? "mvc" : "unit_variance");
            for (std::size_t a = 0; a < n_sites; ++a) {
                if (a < k) out.print(",{:.5f}", found.weights[site * k + a]);
                else out.text(",");
            }
            out.text("\n");
        }
        progress.show(0.5 + 0.5 * static_cast<double>(k) / static_cast<double>(n_sites));
    }
    out.close();
    if (voice.quiet || voice.json || chosen == 0) return;
    fmt::print("synergies: {} explain {:.1f} % of the envelopes ({})\n", chosen, 100.0 * vaf,
               envelopes.of_mvc ? "fractions of MVC: muscles with high values weigh more" : "each of unit variance, for want of references");
}

}  // namespace tonus::cli
