#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "engine/core/error.hpp"
#include "tools/tonus/calibration_run.hpp"
#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

int demo(const DemoOptions& options) {
    const bool speaks = !options.voice.quiet && !options.voice.json;
    if (speaks) {
        fmt::print("Simulated subject {}. A training aid, not a medical device.\n"
                   "Calibrating at full speed: rest, then maximal efforts ...\n",
                   options.subject);
    }
    Sources calibration = open_sources({fmt::format("sim:?subject={}&task=calibration", options.subject)}, {});
    const std::vector<Calibration::Outcome> outcomes =
        run_calibration(calibration, {.pause_s = 2.0, .efforts = efforts_for(calibration.session)}, {},
                        Speed::full, {.quiet = true, .json = false});
    take_references(calibration.session, outcomes);
    if (speaks) print_outcomes(outcomes);

    Sources live = open_sources(
        {fmt::format("sim:?subject={}&task=demo&duration={}", options.subject, options.duration_s)}, {});
    live.session.channels = calibration.session.channels;
    if (speaks) fmt::print("Now live: rest, local work at a quarter of the maximum, overload, ease off.\n\n");
    const int code = run_session(live, Speed::live, {}, options.voice);
    if (speaks) {
        fmt::print("\nLocal figures are a proxy: skin electrodes cannot isolate deep muscles.\n"
                   "Next: tonus drivers, then tonus run --help\n");
    }
    return code;
}

}  // namespace tonus::cli
