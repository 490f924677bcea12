#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/transport/device_line.hpp"
#include "drivers/trigno/decoder.hpp"
#include "engine/core/rate.hpp"

namespace tonus::trigno {

/// A sensor that is paired and switched on.
struct Sensor {
    int number = 0;               ///< 1..16
    std::string type;             ///< one letter; D is the first generation
    std::size_t slot = 0;         ///< its first, from 0
    std::size_t n_emg = 1;
    std::vector<Quantity> auxiliary;  ///< of its auxiliary channels, in order
};

/// The command port of the vendor's program.
class Server {
public:
    /// Reads the banner. Throws Error when there is none.
    Server(std::unique_ptr<ByteStream> stream, Clock& clock, std::string name);

    /// The reply without its line ends; empty when none came in time.
    std::string ask(const std::string& command, std::chrono::milliseconds timeout = std::chrono::milliseconds{3000});

    /// Throws Error unless the reply is OK.
    void order(const std::string& command, std::chrono::milliseconds timeout = std::chrono::milliseconds{3000});

    std::vector<Sensor> find_sensors();

    /// Steps per second of a data port: samples of a frame over its length, an exact ratio.
    Rate rate(const std::string& which, const std::string& fallback);

    bool is_closed() const noexcept { return line_.is_closed(); }
    std::string name() const { return name_; }

private:
    std::size_t number(const std::string& question, std::size_t fallback);

    DeviceLine line_;
    std::string name_;
};

}  // namespace tonus::trigno
