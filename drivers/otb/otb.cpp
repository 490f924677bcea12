#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/frame_finder.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/otb/emulator.hpp"
#include "drivers/otb/model.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"model", "muovi muovi+ sessantaquattro quattrocento, muovi", "which device it is"},
    DriverOption{"mode", "emg eeg, emg", "Muovi: 2000 Hz above 10 Hz, or 500 Hz with the offset"},
    DriverOption{"rate", "Hz, 2000 or 2048", "Sessantaquattro: 500 1000 2000 4000; Quattrocento: 512 2048 5120 10240"},
    DriverOption{"channels", "64 or 120", "Sessantaquattro: 8 16 32 64 electrodes, bipolar half as many signals; Quattrocento: 120 216 312 408"},
    DriverOption{"input", "monopolar bipolar differential, monopolar", "how the electrodes are connected"},
    DriverOption{"highpass", "on off, on", "Sessantaquattro: its filter at 10.5 Hz (at 2000 Hz)"},
    DriverOption{"port", "number", "TCP port: 54321 Muovi, 45454 Sessantaquattro, 23456 Quattrocento"},
};

constexpr std::chrono::milliseconds kDialTimeout{10'000}, kConnectTimeout{3000}, kProbeTimeout{3000};
constexpr double kQuaternionUnit = 1.0 / 16384.0;

std::unique_ptr<ByteStream> connect(const SourceUrl& url, const otb::Setup& setup, Ports& ports) {
    if (setup.dials_in) return ports.accept_tcp(setup.port, kDialTimeout);
    return ports.connect_tcp(url.address().empty() ? "169.254.1.10" : url.address(), setup.port, kConnectTimeout);
}

class OtbDevice final : public LineDevice {
public:
    OtbDevice(const SourceUrl& url, otb::Setup setup, Ports& ports)
        : LineDevice(url.text(), connect(url, setup, ports), ports.clock()), setup_(std::move(setup)), counter_(65536, setup_.rate) {
        line_.send(std::as_bytes(std::span{setup_.start}));
        probe();
        describe("otb:" + setup_.model);
    }

    /// It has been sending since it was opened: only so its layout is known. What came is old.
    void start() override {
        decode(line_.read(0ms), nobody_);
        counter_ = WideCounter{65536, setup_.rate};
        expect_frames();
    }

    // Always, before the line is closed: the next session would begin out of step.
    void stop() noexcept override {
        line_.send(std::as_bytes(std::span{setup_.stop}));
        line_.pause(100ms);
    }

private:
    class Nobody final : public FrameSink {
        void push(std::size_t, std::uint64_t, RawFrames) noexcept override {}
    };

    void probe() {
        std::vector<std::byte> seen;
        std::optional<otb::Layout> found;
        wait_for(kProbeTimeout, [&](std::span<const std::byte> bytes) {
            seen.insert(seen.end(), bytes.begin(), bytes.end());
            found = otb::find_layout(seen, setup_.layouts);
            return found.has_value() || seen.size() > DeviceLine::kReadBytesMax;
        });
        if (!found) {
            throw run_error(name_ + (seen.empty() ? ": it is connected but sends nothing: is another program using it?"
                                                  : ": what it sends counts nowhere that is known: is model= right, and its firmware of these years?"));
        }
        layout_ = *found;
        finder_.emplace(layout_.step_bytes());
        decode(seen, nobody_);
    }

    void describe(const std::string& id) {
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = setup_.rate, .type = SampleType::int32, .channels = {}, .device_id = id,
                       .settings = setup_.settings};
        const double most = layout_.sample_bytes == 3 ? 8'388'607.0 : 32'767.0;
        for (std::size_t ch = 0; ch < layout_.n_bio; ++ch) {
            emg.channels.push_back({.label = fmt::format("EMG {}", ch + 1), .unit = "uV", .scale = 1e-3 * setup_.nanovolts_per_count,
                                    .raw_min = -most - 1.0, .raw_max = most});
        }
        StreamInfo other{.name = "auxiliary", .kind = StreamKind::other, .rate = setup_.rate, .type = SampleType::int32, .channels = {}, .device_id = id};
        for (std::size_t i = 0; i < layout_.n_auxiliary; ++i) {
            other.channels.push_back({.label = fmt::format("AUX {}", i + 1), .unit = "V", .scale = setup_.auxiliary_volts_per_count});
        }
        other.channels.push_back({.label = "trigger", .unit = ""});
        values_.resize(layout_.n_channels());
        streams_ = {std::move(emg), std::move(other)};
        if (layout_.has_quaternion) {
            streams_.push_back(motion_stream(StreamKind::orientation, setup_.rate, SampleType::int32, kQuaternionUnit, id));
        }
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        steps_.clear();
        const std::size_t n = layout_.step_bytes();
        finder_->feed(
            bytes, [n](std::span<const std::byte> front, bool) { return front.size() < n ? FrameMatch::more() : FrameMatch::frame(n); },
            [&](std::span<const std::byte> step) { steps_.insert(steps_.end(), step.begin(), step.end()); });
        if (steps_.empty()) return false;
        const auto step = [&](std::size_t i) { return std::span{steps_}.subspan(i * n, n); };
        const std::size_t n_steps = steps_.size() / n;
        counter_.arrived(otb::counter_of(step(n_steps - 1), layout_), n_steps, line_.clock().now_ns());
        for (std::size_t i = 0; i < n_steps; ++i) push(step(i), sink);
        return true;
    }

    void push(std::span<const std::byte> step, FrameSink& sink) noexcept {
        if (values_.empty()) return;  // while the layout is probed
        const auto wide = counter_.widen(otb::counter_of(step, layout_));
        if (!wide) return;
        const std::uint64_t index = *wide;
        for (std::size_t ch = 0; ch < values_.size(); ++ch) values_[ch] = otb::value_at(step, layout_, ch);
        const std::span<const std::int32_t> values{values_};
        const std::size_t quaternion_at = layout_.n_bio + layout_.n_auxiliary;
        sink.push(0, index, raw_frames(values.first(layout_.n_bio), layout_.n_bio));
        if (layout_.has_quaternion) sink.push(2, index, raw_frames(values.subspan(quaternion_at, 4), 4));
        // The trigger takes the place of what follows the auxiliary channels.
        values_[quaternion_at] = values_[values_.size() - layout_.trigger_from_end];
        sink.push(1, index, raw_frames(values.subspan(layout_.n_bio, layout_.n_auxiliary + 1), layout_.n_auxiliary + 1));
    }

    otb::Setup setup_;
    otb::Layout layout_;
    std::optional<FrameFinder> finder_;
    std::vector<std::byte> steps_;
    std::vector<std::int32_t> values_;
    WideCounter counter_;
    Nobody nobody_;
};

std::unique_ptr<Device> open_otb(const SourceUrl& url, Ports& ports) {
    return std::make_unique<OtbDevice>(url, otb::parse_setup(url), ports);
}

/// They dial in, or wait at an address of their own: nothing shows before.
std::vector<Found> probe_otb(Ports&) { return {}; }

}  // namespace

extern const Driver otb_driver;
const Driver otb_driver{
    .scheme = "otb",
    .summary = "OT Bioelettronica Muovi, Muovi+, Sessantaquattro(+), Quattrocento: 8 to 384 channels of EMG; TCP",
    .url_syntax = "otb:[?model=muovi+], otb:?model=sessantaquattro, otb:169.254.1.10?model=quattrocento",
    .options = kOptions,
    .loss_detection = "step counter modulo 65536; no checksum, TCP",
    .clock = "the device's own rate",
    .units = "counts of 286.1 nV, Quattrocento 508.6 nV; quaternion in steps of 1/16384",
    .probe = &probe_otb,
    .open = &open_otb,
    .emulator_options = otb::emulator_options(),
    .emulate = &otb::make_emulator,
};

}  // namespace tonus
