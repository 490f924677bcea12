#include <cstdio>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/emulator_host.hpp"
#include "engine/core/error.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

std::string emulated_names() {
    std::string names;
    for (const Driver* driver : tonus::drivers()) {
        if (driver->emulate != nullptr) names += fmt::format(" {}", driver->scheme);
    }
    return names;
}

const Driver& emulated_driver(const SourceUrl& url) {
    const Driver& driver = driver_of(url);
    if (driver.emulate != nullptr) return driver;
    throw usage_error(fmt::format("{} is no device that can be emulated; these are:{}", driver.scheme, emulated_names()));
}

std::vector<DriverOption> all_options(const Driver& driver) {
    std::vector<DriverOption> options{driver.emulator_options.begin(), driver.emulator_options.end()};
    const auto faults = link_fault_options();
    options.insert(options.end(), faults.begin(), faults.end());
    return options;
}

void print_devices() {
    for (const Driver* driver : tonus::drivers()) {
        if (driver->emulate != nullptr) fmt::print("{:<10} {}\n", driver->scheme, driver->summary);
    }
    fmt::print("tonus emulate NAME --list says what options one has.\n");
}

void print_options(const Driver& driver) {
    fmt::print("{}: {}\n", driver.scheme, driver.summary);
    for (const DriverOption& option : all_options(driver)) {
        fmt::print("    {:<12} {:<26} {}\n", option.name, option.value, option.summary);
    }
}

}  // namespace

int emulate(const EmulateOptions& options) {
    if (options.device.empty() && !options.list) throw usage_error("which device? These can be emulated:" + emulated_names());
    if (options.device.empty()) {
        print_devices();
        return 0;
    }
    const bool is_name = options.device.find(':') == std::string::npos;
    const SourceUrl url{is_name ? options.device + ":" : options.device};
    const Driver& driver = emulated_driver(url);
    if (options.list) {
        print_options(driver);
        return 0;
    }
    url.refuse_unknown(all_options(driver));
    EmulatedLink link{driver.emulate(url, [&](double rate_hz, std::size_t n_channels) {
                          return simulated_body(options.subject, rate_hz, n_channels);
                      }),
                      parse_link_faults(url)};
    Clock& clock = system_ports().clock();
    EmulatorHost host{link, clock, options.at};
    if (!options.voice.quiet) {
        fmt::print("{}:{}\n", driver.scheme, host.address());
        std::fflush(stdout);
    }
    const std::int64_t begin_ns = clock.now_ns();
    const auto is_over = [&] {
        return options.duration_s && static_cast<double>(clock.now_ns() - begin_ns) * 1e-9 >= *options.duration_s;
    };
    while (!interrupted() && !is_over()) host.step();
    if (!options.voice.quiet) {
        const LinkAccount& account = link.account();
        fmt::print("sent {} frames; lost {}, repeated {}, swapped {}, corrupt {}, garbled {}\n", account.n_frames, account.n_lost,
                   account.n_repeated, account.n_swapped, account.n_corrupt, account.n_garbled);
    }
    return 0;
}

}  // namespace tonus::cli
