#include "drivers/trigno/server.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus::trigno {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEnd = "\r\n\r\n";

}  // namespace

Server::Server(std::unique_ptr<ByteStream> stream, Clock& clock, std::string name)
    : line_(std::move(stream), clock), name_(std::move(name)) {
    const std::optional<std::string> banner = line_.read_until(kEnd, 3s);
    if (!banner || banner->find("Trigno") == std::string::npos) {
        throw run_error(name_ + ": this is no Trigno server: is the Trigno Control Utility running there, with its SDK server on and no "
                                "other program connected?");
    }
}

std::string Server::ask(const std::string& command, std::chrono::milliseconds timeout) {
    if (!line_.send(framed(command))) return {};
    std::optional<std::string> reply = line_.read_until(kEnd, timeout);
    // An empty line left over from the reply before.
    while (reply && stripped(*reply).empty()) reply = line_.read_until(kEnd, timeout);
    return reply ? std::string{stripped(*reply)} : std::string{};
}

void Server::order(const std::string& command, std::chrono::milliseconds timeout) {
    const std::string reply = ask(command, timeout);
    if (reply == "OK") return;
    throw run_error(fmt::format("{}: the server answered '{}' to {}: let no other program use the base, and switch the sensors on before",
                                name_, reply.empty() ? "nothing" : reply, command));
}

std::size_t Server::number(const std::string& question, std::size_t fallback) {
    const std::string reply = ask(question);
    std::size_t value = 0;
    const auto [end, code] = std::from_chars(reply.data(), reply.data() + reply.size(), value);
    return code == std::errc{} && end == reply.data() + reply.size() ? value : fallback;
}

Rate Server::rate(const std::string& which, const std::string& fallback) {
    const std::string samples = ask(fmt::format("MAX SAMPLES {}?", which));
    const std::string interval = ask("FRAME INTERVAL?");
    try {
        return parse_rate(samples + "/" + interval);
    } catch (const Error&) {
        return parse_rate(fallback);
    }
}

std::vector<Sensor> Server::find_sensors() {
    std::vector<Sensor> sensors;
    for (int n = 1; n <= static_cast<int>(kSlots); ++n) {
        const auto about = [n](const std::string& what) { return fmt::format("SENSOR {} {}?", n, what); };
        // Of any other sensor the server answers nonsense.
        if (ask(about("PAIRED")) != "YES" || ask(about("ACTIVE")) != "YES") continue;
        Sensor sensor{.number = n, .type = ask(about("TYPE")), .slot = number(about("STARTINDEX"), static_cast<std::size_t>(n)) - 1,
                      .n_emg = number(about("EMGCHANNELCOUNT"), 1), .auxiliary = {}};
        const std::size_t n_auxiliary = std::min(number(about("AUXCHANNELCOUNT"), 0), kAuxiliaryFloats);
        for (std::size_t c = 0; c < n_auxiliary; ++c) {
            sensor.auxiliary.push_back(quantity_of(ask(fmt::format("SENSOR {} CHANNEL {} UNITS?", n, sensor.n_emg + c + 1))));
        }
        if (sensor.slot + sensor.n_emg > kSlots) {
            throw run_error(fmt::format("{}: sensor {} is said to begin at slot {}, beyond the 16 there are: pair it anew", name_, n,
                                        sensor.slot + 1));
        }
        sensors.push_back(std::move(sensor));
    }
    return sensors;
}

}  // namespace tonus::trigno
