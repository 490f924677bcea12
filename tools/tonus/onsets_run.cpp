#include "tools/tonus/onsets_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/pipeline/contraction_run.hpp"
#include "engine/sinks/contractions_table.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {

void write_onsets(const std::function<Sources()>& reopen, const std::string& path, OnsetMethod method, const Voice& voice) {
    ProgressBar progress{"finding contractions", !voice.quiet && !voice.json};
    const auto control = [&](double from) {
        return RunControl{.progress = [&progress, from](double part) { progress.show(from + 0.5 * part); }, .stop = &interrupted()};
    };
    const Sources first = reopen();
    const std::vector<std::vector<float>> baselines = find_baselines(first.devices, first.session, control(0.0));
    const std::vector<SessionChannel>& channels = first.session.channels;
    if (std::all_of(baselines.begin(), baselines.end(), [](const std::vector<float>& baseline) { return baseline.empty(); })) {
        throw usage_error(fmt::format("{}: no contractions, for no channel is valid for a second on end, which is the baseline they are told from", path));
    }
    ContractionsTable table{system_files(), path, method};
    std::vector<std::size_t> counts(channels.size(), 0);
    const Sources again = reopen();
    find_contractions(
        again.devices, again.session, baselines, method,
        [&](std::size_t channel, Rate rate, const Contraction& contraction) {
            table.add(channels[channel].name, rate, contraction);
            ++counts[channel];
        },
        control(0.5));
    table.close();
    if (voice.quiet || voice.json) return;
    fmt::print("contractions ({}):", onset_method_name(method));
    for (std::size_t m = 0; m < channels.size(); ++m) {
        fmt::print("{} {} {}", m == 0 ? "" : ",", channels[m].name, baselines[m].empty() ? "no second on end is valid" : fmt::to_string(counts[m]));
    }
    fmt::print("\n");
}

}  // namespace tonus::cli
