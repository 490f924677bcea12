#include <algorithm>
#include <numbers>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/trigno/decoder.hpp"
#include "drivers/trigno/emulator.hpp"
#include "drivers/trigno/server.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;
using trigno::Quantity;

constexpr std::array kOptions{
    DriverOption{"port", "number, 50040", "of the commands; the data ports are counted from it"},
    DriverOption{"generation", "auto old new, auto", "old: sensors of type D, on ports +1 and +2; new: on +3 and +4"},
};

constexpr auto kConnectTimeout = 3000ms;
constexpr double kFirstDataS = 6.0, kSilenceS = 1.0, kOnlyZerosS = 3.0;
constexpr double kRadiansPerDegree = std::numbers::pi / 180.0;
constexpr std::size_t kOldAuxiliaryFloats = 3;

/// Three floats of a sensor's auxiliary channels, and the stream they are pushed to.
struct Triple {
    std::size_t place;  ///< of the first in a step
    std::size_t stream;
};

class TrignoDevice final : public Device {
public:
    TrignoDevice(const SourceUrl& url, Ports& ports)
        : port_(static_cast<std::uint16_t>(url.number("port", 50040.0, 1.0, 65531.0))),
          server_(ports.connect_tcp(url.address(), port_, kConnectTimeout), ports.clock(), url.text()),
          clock_(ports.clock()) {
        for (const char* command : {"TRIGGER START OFF", "TRIGGER STOP OFF", "ENDIAN LITTLE", "BACKWARDS COMPATIBILITY ON", "UPSAMPLE ON"}) {
            server_.ask(command);  // versions differ in what they know of these
        }
        const std::vector<trigno::Sensor> sensors = server_.find_sensors();
        if (sensors.empty()) throw run_error(url.text() + ": no sensor is paired and switched on: take them from the dock and pair them");
        const std::string generation = url.choice("generation", "auto", {"auto", "old", "new"});
        is_old_ = generation == "auto" ? sensors[0].type == "D" : generation == "old";
        describe(sensors, url.address());
        emg_.emplace(ports.connect_tcp(url.address(), static_cast<std::uint16_t>(port_ + (is_old_ ? 1 : 3)), kConnectTimeout), clock_);
        auxiliary_.emplace(ports.connect_tcp(url.address(), static_cast<std::uint16_t>(port_ + (is_old_ ? 2 : 4)), kConnectTimeout), clock_);
    }

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    std::string_view trouble() const noexcept override { return trouble_; }

    void start() override {
        server_.order("START", 10s);  // it takes seconds
        last_step_ns_ = clock_.now_ns();
        any_step_ = false;
    }

    void stop() noexcept override {
        try {
            server_.ask("STOP", 3s);
            emg_->drain(500ms, 3s);
            server_.ask("QUIT", 1s);
        } catch (const std::exception&) {
            // Only memory can be short here, and the connection ends all the same.
        }
    }

    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override {
        emg_finder_.feed(
            emg_->read(timeout), [](std::span<const std::byte> front, bool) { return trigno::match_step(front, trigno::kEmgStepBytes); },
            [&](std::span<const std::byte> step) { take_emg(step, sink); });
        auxiliary_finder_.feed(
            auxiliary_->read(0ms), [this](std::span<const std::byte> front, bool) { return trigno::match_step(front, auxiliary_step_bytes()); },
            [&](std::span<const std::byte> step) { take_auxiliary(step, sink); });
        const std::int64_t now_ns = clock_.now_ns();
        const bool any = std::exchange(fresh_, false);
        if (any) last_step_ns_ = now_ns, any_step_ = true;
        const double silent_s = static_cast<double>(now_ns - last_step_ns_) * 1e-9;
        if (emg_->is_closed() || auxiliary_->is_closed()) give_up("the server closed the connection: was it stopped?");
        else if (silent_s > (any_step_ ? kSilenceS : kFirstDataS)) give_up("the server sends nothing: is it still running, and the network there?");
        if (!trouble_.empty()) return ReadStatus::lost;
        return any ? ReadStatus::frames : ReadStatus::idle;
    }

private:
    std::size_t floats_per_slot() const noexcept { return is_old_ ? kOldAuxiliaryFloats : trigno::kAuxiliaryFloats; }
    std::size_t auxiliary_step_bytes() const noexcept { return 4 * trigno::kSlots * floats_per_slot(); }

    void give_up(std::string_view why) noexcept {
        if (trouble_.empty()) trouble_.append(server_.name()).append(": ").append(why);
    }

    void describe(const std::vector<trigno::Sensor>& sensors, const std::string& host) {
        const std::string id = "trigno:" + host;
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = server_.rate("EMG", "26/0.0135"), .type = SampleType::float32,
                       .channels = {}, .device_id = id};
        const Rate auxiliary_rate = server_.rate("AUX", "2/0.0135");
        std::vector<StreamInfo> others;
        for (const trigno::Sensor& sensor : sensors) {
            for (std::size_t k = 0; k < sensor.n_emg; ++k) {
                slots_.push_back(sensor.slot + k);
                emg.channels.push_back({.label = sensor.n_emg == 1 ? fmt::format("EMG {}", sensor.number) : fmt::format("EMG {}.{}", sensor.number, k + 1),
                                        .unit = "uV", .scale = 1e6});
            }
            const std::vector<Quantity> auxiliary = is_old_ ? std::vector<Quantity>(3, Quantity::acceleration) : sensor.auxiliary;
            for (std::size_t c = 0; c + 3 <= auxiliary.size(); c += 3) {
                const bool is_acceleration = auxiliary[c] == Quantity::acceleration;
                if (!is_acceleration && auxiliary[c] != Quantity::angular_rate) continue;
                StreamInfo stream{.name = fmt::format("{} {}", is_acceleration ? "acceleration" : "angular_rate", sensor.number),
                                  .kind = is_acceleration ? StreamKind::acceleration : StreamKind::angular_rate, .rate = auxiliary_rate,
                                  .type = SampleType::float32, .channels = {}, .device_id = id};
                for (const char axis : {'x', 'y', 'z'}) {
                    stream.channels.push_back({.label = fmt::format("{}{} {}", is_acceleration ? 'a' : 'g', axis, sensor.number),
                                               .unit = is_acceleration ? "m/s^2" : "rad/s",
                                               .scale = is_acceleration ? 9.80665 : kRadiansPerDegree});
                }
                others.push_back(std::move(stream));
                triples_.push_back({sensor.slot * floats_per_slot() + c, others.size()});
            }
        }
        for (std::size_t slot = 0; slot < trigno::kSlots; ++slot) {
            if (std::find(slots_.begin(), slots_.end(), slot) == slots_.end()) empty_slots_.push_back(slot);
        }
        emg_values_.resize(slots_.size());
        streams_.push_back(std::move(emg));
        for (StreamInfo& stream : others) streams_.push_back(std::move(stream));
    }

    void take_emg(std::span<const std::byte> step, FrameSink& sink) noexcept {
        fresh_ = true;
        // A step that begins in the wrong place would turn the channels round without a word.
        for (const std::size_t slot : empty_slots_) {
            if (trigno::float_at(step, slot) != 0.0f) return give_up("a slot without a sensor has a signal: the stream is out of step; it is opened anew");
        }
        bool any_signal = false;
        for (std::size_t ch = 0; ch < slots_.size(); ++ch) {
            emg_values_[ch] = trigno::float_at(step, slots_[ch]);
            any_signal = any_signal || emg_values_[ch] != 0.0f;
        }
        n_zeros_ = any_signal ? 0 : n_zeros_ + 1;
        if (n_zeros_ > streams_[0].rate.frames_in(kOnlyZerosS)) {
            give_up("only zeros come: sensors asleep or out of reach, or generation= names the wrong ports");
        }
        sink.push(0, emg_index_++, raw_frames(std::span<const float>{emg_values_}, emg_values_.size()));
    }

    void take_auxiliary(std::span<const std::byte> step, FrameSink& sink) noexcept {
        fresh_ = true;
        for (const Triple& triple : triples_) {
            const std::array<float, 3> values{trigno::float_at(step, triple.place), trigno::float_at(step, triple.place + 1),
                                              trigno::float_at(step, triple.place + 2)};
            sink.push(triple.stream, auxiliary_index_, raw_frames(std::span<const float>{values}, 3));
        }
        ++auxiliary_index_;
    }

    std::uint16_t port_;
    trigno::Server server_;
    Clock& clock_;
    bool is_old_ = false;
    std::vector<StreamInfo> streams_;
    std::vector<std::size_t> slots_, empty_slots_;
    std::vector<Triple> triples_;
    std::optional<DeviceLine> emg_, auxiliary_;
    FrameFinder emg_finder_{trigno::kEmgStepBytes}, auxiliary_finder_{trigno::kAuxiliaryStepBytes};
    std::vector<float> emg_values_;
    std::uint64_t emg_index_ = 0, auxiliary_index_ = 0, n_zeros_ = 0;
    std::int64_t last_step_ns_ = 0;
    bool fresh_ = false, any_step_ = false;
    std::string trouble_;
};

std::unique_ptr<Device> open_trigno(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which computer runs the Trigno Control Utility? write trigno:192.168.1.20");
    return std::make_unique<TrignoDevice>(url, ports);
}

/// A server somewhere in the network does not say that it is there.
std::vector<Found> probe_trigno(Ports&) { return {}; }

}  // namespace

extern const Driver trigno_driver;
const Driver trigno_driver{
    .scheme = "trigno",
    .summary = "Delsys Trigno through the SDK server of its Control Utility: EMG and motion of up to 16 sensors; TCP",
    .url_syntax = "trigno:192.168.1.20[?port=50040]",
    .options = kOptions,
    .loss_detection = "none: the server fills radio losses itself; a closed or silent connection is seen",
    .clock = "samples per frame of 13.5 ms, as the server states them",
    .units = "V as float32; g and deg/s as float32",
    .probe = &probe_trigno,
    .open = &open_trigno,
    .emulator_options = trigno::emulator_options(),
    .emulate = &trigno::make_emulator,
};

}  // namespace tonus
