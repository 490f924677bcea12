#include <fmt/format.h>

#include "drivers/driver/driver_table.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/commands.hpp"

namespace tonus::cli {
namespace {

void print_driver(const Driver& driver) {
    fmt::print("{}: {}\n  address  {}\n", driver.scheme, driver.summary, driver.url_syntax);
    for (const DriverOption& option : driver.options) {
        fmt::print("    {:<12} {:<26} {}\n", option.name, option.value, option.summary);
    }
    fmt::print("  units    {}\n  losses   {}\n  clock    {}\n", driver.units, driver.loss_detection, driver.clock);
    for (const Found& found : probe(driver, system_ports())) fmt::print("  here now {}  ({})\n", found.url, found.what);
    fmt::print("\n");
}

std::string driver_json(const Driver& driver) {
    std::string options;
    for (const DriverOption& option : driver.options) {
        options += fmt::format("{}{{\"name\":{},\"value\":{},\"summary\":{}}}", options.empty() ? "" : ",",
                               json_string(option.name), json_string(option.value), json_string(option.summary));
    }
    std::string found;
    for (const Found& device : probe(driver, system_ports())) {
        found += fmt::format("{}{{\"url\":{},\"what\":{}}}", found.empty() ? "" : ",", json_string(device.url),
                             json_string(device.what));
    }
    return fmt::format(
        "{{\"scheme\":{},\"summary\":{},\"url\":{},\"units\":{},\"losses\":{},\"clock\":{},\"options\":[{}],\"present\":[{}]}}",
        json_string(driver.scheme), json_string(driver.summary), json_string(driver.url_syntax),
        json_string(driver.units), json_string(driver.loss_detection), json_string(driver.clock), options, found);
}

}  // namespace

int drivers(const DriversOptions& options) {
    std::string all;
    for (const Driver* driver : tonus::drivers()) {
        if (options.voice.json) all += (all.empty() ? "" : ",") + driver_json(*driver);
        else if (!options.voice.quiet) print_driver(*driver);
    }
    if (options.voice.json) fmt::print("[{}]\n", all);
    for (const std::string& refusal : refused_plugins()) fmt::print(stderr, "tonus: {}\n", refusal);
    return 0;
}

}  // namespace tonus::cli
