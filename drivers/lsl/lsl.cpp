#include <array>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/lsl/lsl_device.hpp"
#include "drivers/lsl/resolve.hpp"

namespace tonus {
namespace {

constexpr std::array kOptions{
    DriverOption{"name", "text", "of the stream, as in lsl:NAME"},
    DriverOption{"type", "EMG Accelerometer ...", "of the stream, as its sender says"},
    DriverOption{"source_id", "text", "of the stream, unique in its host"},
    DriverOption{"host", "name", "of the machine that sends"},
    DriverOption{"rate", "Hz", "of a stream that says none"},
    DriverOption{"unit", "V mV uV nV", "of EMG channels that say none"},
    DriverOption{"scale_uv", "uV per step", "of EMG channels that send counts"},
    DriverOption{"wait", "s, 3", "for the stream to be seen in the network"},
};

constexpr double kProbeS = 1.0;

std::vector<Found> probe_lsl(Ports&) {
    std::vector<Found> found;
    try {
        const lsl::Liblsl& api = lsl::liblsl();
        for (const lsl::OwnedInfo& info : lsl::resolve_all(api, kProbeS)) {
            const char* const id = api.get_source_id(info.get());
            found.push_back({fmt::format("lsl:?source_id={}", id != nullptr ? id : ""), lsl::described(api, info.get())});
        }
    } catch (const Error&) {
        // Without the library there is nothing to see; opening says how to get it.
    }
    return found;
}

std::unique_ptr<Device> open_lsl(const SourceUrl& url, Ports& ports) { return lsl::open_inlet(lsl::liblsl(), url, ports.clock()); }

}  // namespace

extern const Driver lsl_driver;
const Driver lsl_driver{
    .scheme = "lsl",
    .summary = "Lab Streaming Layer: a stream of any LSL program in the network; needs liblsl",
    .url_syntax = "lsl:[NAME][?type=EMG&source_id=...&host=...]",
    .options = kOptions,
    .loss_detection = "none of its own; gaps of the time stamps",
    .clock = "the sender's, by LSL's time correction",
    .units = "as the sender says, in any of LSL's types; texts, and whole numbers without a rate, are markers",
    .probe = &probe_lsl,
    .open = &open_lsl,
};

}  // namespace tonus
