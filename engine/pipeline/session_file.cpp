#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "engine/activation/site.hpp"
#include "engine/condition/vibration_comb.hpp"
#include "engine/core/error.hpp"
#include "engine/pipeline/config_table.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/pipeline/session_csv.hpp"

namespace tonus {
namespace {

std::string read_all(Files& files, const std::string& path) {
    constexpr std::uint64_t kSessionBytesMax = 1 << 20;
    const auto file = files.open(path);
    if (file->size() > kSessionBytesMax) {
        throw usage_error(fmt::format("{}: {} bytes are too many for a session file", path, file->size()));
    }
    std::string text(file->size(), '\0');
    file->read_at(0, std::as_writable_bytes(std::span{text.data(), text.size()}));
    return text;
}

toml::table parse(const std::string& text, const std::string& path) {
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        throw usage_error(fmt::format("{}:{}: not valid TOML: {}", path, error.source().begin.line,
                                      error.description()));
    }
}

SessionSource read_source(const ConfigTable& table) {
    SessionSource source{.url = table.text("url", ""),
                         .rate = table.text_or_number("rate"),
                         .unit = std::nullopt,
                         .scale_uv = std::nullopt,
                         .delay_s = 1e-3 * table.number("delay_ms", 0.0, 0.0, 1000.0)};
    if (table.has("unit")) source.unit = table.text("unit", "");
    if (table.has("scale_uv")) source.scale_uv = table.number("scale_uv", 1.0, -1e9, 1e9);
    return source;
}

bool is_column_name(const std::string& name) { return name.find_first_of(",\"\n\r") == std::string::npos; }

SessionChannel read_channel(const ConfigTable& table, std::size_t number) {
    SessionChannel channel;
    channel.source = static_cast<std::size_t>(table.number("source", 0, 0, 63));
    channel.input = table.text_or_number("input").value_or(fmt::format("{}", number + 1));
    channel.name = table.text("name", "");
    if (channel.name.empty()) table.fail_key("name", "a channel needs a name, such as name = \"MF_L\"");
    if (!is_column_name(channel.name)) {
        table.fail_key("name", fmt::format("name '{}' may not hold a comma or a quote: it heads a "
                                           "column", channel.name));
    }
    channel.site = table.text("site", "OTHER");
    channel.side = table.choice("side", "", {"", "L", "R"});
    const std::optional<Site> site = find_site(channel.site);
    if (!site) {
        std::vector<std::string_view> ids;
        for (const Site& known : sites()) ids.push_back(known.id);
        table.fail_key("site", fmt::format("site '{}' is not supported{}; known are: {}", channel.site,
                                           channel.site == "DCF" ? " (no valid surface site)" : "",
                                           fmt::join(ids, ", ")));
    }
    const std::string letter = table.choice(
        "class", std::string{muscle_class_letter(site->muscle_class)}, {"L", "G", "X"});
    channel.muscle = letter == "L"   ? MuscleClass::local
                     : letter == "G" ? MuscleClass::global
                                     : MuscleClass::auxiliary;
    channel.weight = table.number("weight", 1.0, 1e-3, 1e3);
    channel.part_of = table.text("part_of", "");
    if (!is_column_name(channel.part_of)) table.fail_key("part_of", "part_of may not hold a comma or a quote: it heads a column");
    return channel;
}

/// The channels of one muscle are of one side, site, class and weight, and its name is none of theirs.
void check_muscle(const ConfigTable& table, const Session& session) {
    const SessionChannel& last = session.channels.back();
    for (const SessionChannel& other : session.channels) {
        if (!last.part_of.empty() && other.part_of == last.part_of &&
            (other.side != last.side || other.site != last.site || other.muscle != last.muscle || other.weight != last.weight)) {
            table.fail_key("part_of", fmt::format("{} and {} are part of '{}' but differ in site, side, class or weight: left and right, "
                                                  "or two muscles, are never merged", other.name, last.name, last.part_of));
        }
        if (other.name == last.part_of || other.part_of == last.name) {
            table.fail_key("part_of", fmt::format("'{}' is a channel and a muscle of several channels: give the muscle a name of its own", 
                                                  other.name == last.part_of ? other.name : last.name));
        }
    }
}

SessionCrossTalk read_cross_talk(const ConfigTable& table, const Session& session) {
    const auto channel = [&](std::string_view key) {
        const std::string name = table.text(key, "");
        for (std::size_t m = 0; m < session.channels.size(); ++m) {
            if (session.channels[m].name == name) return m;
        }
        table.fail_key(key, fmt::format("there is no channel '{}' in this session", name));
    };
    const SessionCrossTalk talk{.from = channel("from"), .to = channel("to"), .amplitude = table.number("amplitude", 0.0, 0.0, 0.3)};
    if (talk.from == talk.to) table.fail_key("to", "from and to are the same channel: a muscle reaches its own site in full");
    return talk;
}

MvcReference read_reference(const ConfigTable& table) {
    MvcReference reference;
    reference.method = table.choice("method", "mvc", {"mvc", "rve"}) == "rve" ? ReferenceMethod::rve
                                                                              : ReferenceMethod::mvc;
    reference.rest_uv = table.number("rest_uv", 0.0, 0.0, 1e5);
    reference.mvc_uv = table.number("mvc_uv", 0.0, 0.0, 1e6);
    reference.bias = table.number("bias", 0.0, 0.0, 1.0);
    reference.window_s = table.number("window_s", 1.0, 0.05, 2.0);
    reference.trials = static_cast<int>(table.number("trials", 0, 0, 1000));
    reference.repeatability = table.number("repeatability", 0.0, 0.0, 2.0);
    reference.bandwidth_hz = table.number("bandwidth_hz", kBandwidthHz, 5.0, 2000.0);
    reference.device = table.text("device", "");
    reference.settings = table.text("settings", "");
    reference.made = table.date("made");
    if (reference.mvc_uv > 0.0 && reference.unbiased_mvc_uv() <= reference.rest_uv) {
        table.fail_key("mvc_uv", fmt::format(
            "mvc_uv = {:.4g} is not above rest_uv = {:.4g}: the two are swapped, or the trial was "
            "of another channel; calibrate again", reference.mvc_uv, reference.rest_uv));
    }
    return reference;
}

/// vibration = "auto", "off" or a frequency; vibration_hz is its older name for the last.
void read_vibration(const ConfigTable& table, Session& session) {
    if (table.has("vibration") && table.has("vibration_hz")) table.fail_key("vibration_hz", "vibration and vibration_hz say the same: leave one out");
    const std::string_view key = table.has("vibration_hz") ? "vibration_hz" : "vibration";
    const std::string value = table.text_or_number(key).value_or("auto");
    session.find_vibration = key == "vibration" && value == "auto";
    if (session.find_vibration || (key == "vibration" && value == "off")) return;
    if (!table.is_number(key)) table.fail_key(key, fmt::format("{} is '{}'; it can be: auto, off, or a frequency in Hz", key, value));
    session.vibration_hz = table.number(key, 0.0, VibrationComb::kLowestHz, VibrationComb::kHighestHz);
}

void add_channel(const ConfigTable& table, Session& session) {
    session.channels.push_back(read_channel(table, session.channels.size()));
    check_muscle(table, session);
    const auto same = [&](const SessionChannel& other) { return other.name == session.channels.back().name; };
    if (std::count_if(session.channels.begin(), session.channels.end(), same) > 1) {
        table.fail_key("name", fmt::format("the name '{}' is taken", session.channels.back().name));
    }
}

void read_condition(const ConfigTable& table, Session& session) {
    session.profile = table.choice("profile", "auto",
                                   {"auto", "general", "trunk_ecg", "spectral", "vibration"});
    session.mains = table.choice("mains", "auto", {"auto", "off", "50", "60"});
    read_vibration(table, session);
    session.ecg_template = table.choice("ecg", "A", {"A", "B"}) == "B";
    if (session.ecg_template && session.vibration_hz > 0.0) {
        table.fail_key("ecg", "ecg = \"B\" has no vibration comb: leave out ecg or the frequency of the vibration");
    }
}

void read_envelope(const ConfigTable& table, Session& session) {
    session.window_s = table.number("window_s", 0.25, 0.05, 1.0);
    if (std::abs(session.window_s * 100.0 - std::round(session.window_s * 100.0)) > 1e-9) {
        table.fail_key("window_s", "window_s is not a whole number of 10 ms");
    }
    session.estimator = table.choice("estimator", "rms", {"rms", "exponential", "bayes"});
    session.whitening = table.choice("whitening", "off", {"off", "model"}) == "model";
    if (session.whitening && session.ecg_template) {
        table.fail_key("whitening", "whitening = \"model\" is for path A only: leave it or ecg = \"B\" out");
    }
}

void read_load(const ConfigTable& table, Session& session) {
    session.engine = table.choice("engine", "A", {"A", "B"});
    LoadFlagConfig& load = session.load;
    load.limit_mvc = static_cast<float>(table.number("limit_mvc", 1.0 / 3.0, 0.01, 2.0));
    load.release_mvc = static_cast<float>(
        table.number("release_mvc", 0.9 * static_cast<double>(load.limit_mvc), 0.01, 2.0));
    load.raise_s = table.number("raise_s", load.raise_s, 0.0, 10.0);
    load.clear_s = table.number("clear_s", load.clear_s, 0.0, 10.0);
    try {
        const LoadFlag checked{load};
    } catch (const Error& error) {
        table.fail_key("limit_mvc", error.what());
    }
}

void add_reference(const ConfigTable& table, Session& session) {
    const std::string name = table.text("channel", "");
    const auto owner = std::find_if(session.channels.begin(), session.channels.end(),
                                    [&](const SessionChannel& c) { return c.name == name; });
    if (owner == session.channels.end()) {
        table.fail_key("channel", fmt::format("there is no channel '{}' in this session", name));
    }
    const bool of_template = table.choice("path", "A", {"A", "B"}) == "B";
    (of_template ? owner->reference_template : owner->reference) = read_reference(table);
}

}  // namespace

Session load_session(const std::string& path, Files& files) { return parse_session(read_all(files, path), path); }

Session parse_session(const std::string& text, const std::string& path) {
    const toml::table root = parse(text, path);
    const ConfigTable top{path, "the file", root,
                          {"source", "channel", "cross_talk", "condition", "envelope", "load", "reference"}};
    Session session;
    session.path = path;
    for (const toml::table* table : tables_of(root, "source", path, true)) {
        session.sources.push_back(
            read_source({path, "[[source]]", *table, {"url", "rate", "unit", "scale_uv", "delay_ms", "csv"}}));
        session.sources.back().csv = read_csv_map(*table, path);
    }
    for (const toml::table* table : tables_of(root, "channel", path, true)) {
        add_channel({path, "[[channel]]", *table, {"name", "source", "input", "site", "side", "class", "weight", "part_of"}}, session);
    }
    for (const toml::table* table : tables_of(root, "cross_talk", path, true)) {
        session.cross_talk.push_back(read_cross_talk({path, "[[cross_talk]]", *table, {"from", "to", "amplitude"}}, session));
    }
    for (const toml::table* table : tables_of(root, "condition", path, false)) {
        read_condition({path, "[condition]", *table, {"profile", "mains", "ecg", "vibration", "vibration_hz"}}, session);
    }
    for (const toml::table* table : tables_of(root, "envelope", path, false)) {
        read_envelope({path, "[envelope]", *table, {"window_s", "estimator", "whitening"}}, session);
    }
    for (const toml::table* table : tables_of(root, "load", path, false)) {
        read_load({path, "[load]", *table, {"engine", "limit_mvc", "release_mvc", "raise_s", "clear_s"}}, session);
    }
    for (const toml::table* table : tables_of(root, "reference", path, true)) {
        add_reference({path, "[[reference]]", *table,
                       {"channel", "path", "method", "rest_uv", "mvc_uv", "bias", "window_s", "trials", "repeatability",
                        "bandwidth_hz", "device", "settings", "made"}}, session);
    }
    return session;
}

}  // namespace tonus
