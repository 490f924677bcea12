// The scorecard as JSON and back. The shape is in scorecard.schema.json, and a test holds both together.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/scorecard/scorecard.hpp"
#include "engine/core/error.hpp"

namespace tonus::bench {

using nlohmann::json;

namespace {

constexpr const char* kFormat = "tonus-scorecard/1";

}  // namespace

// NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE refuses a missing key when reading, which is wanted here.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Machine, cpu, instruction_set, n_cores, n_usable, cpu_quota, governor, clock_mhz, clock_max_mhz, memory_mib,
                                   system, container, compiler, build, commit)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Distribution, p50_us, p99_us, p999_us, max_us, n)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Capacity, rate_hz, n_channels, is_limit, spare, slowest_ms, seconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Latency, condition, to_row, timer_floor)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StageCost, stage, ns_per_channel_sample, share)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RatedLoad, cpu_share, resident_mib, memory, engine_page_faults, n_late)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RingFigures, round_trip_ns, frames_per_ms)

std::string scorecard_json(const Scorecard& card) {
    json out{{"format", kFormat},        {"machine", card.machine}, {"quick", card.quick},
                      {"verdict", verdict(card)}, {"capacity", card.capacity}, {"latency", card.latency},
                      {"stages", card.stages},    {"rated", card.rated},
                      {"ring", nullptr},          {"offline_x_real_time", card.offline_x_real_time}};
    if (card.ring) out["ring"] = *card.ring;
    return out.dump(2) + "\n";
}

Scorecard scorecard_from_json(const std::string& text, const std::string& name) {
    try {
        const json in = json::parse(text);
        const std::string format = in.at("format");
        if (format != kFormat) throw input_error(fmt::format("{}: its format is \"{}\"; only {} can be compared", name, format, kFormat));
        Scorecard card;
        in.at("machine").get_to(card.machine);
        in.at("quick").get_to(card.quick);
        in.at("capacity").get_to(card.capacity);
        in.at("latency").get_to(card.latency);
        in.at("stages").get_to(card.stages);
        in.at("rated").get_to(card.rated);
        if (!in.at("ring").is_null()) card.ring = in.at("ring").get<RingFigures>();
        in.at("offline_x_real_time").get_to(card.offline_x_real_time);
        return card;
    } catch (const json::exception& error) {
        throw input_error(fmt::format("{}: not a scorecard of `tonus bench --json`: {}", name, error.what()));
    }
}

}  // namespace tonus::bench
