// How often a damaged frame is taken for a good one, by each driver: its emulator sends frames of
// noise of which one in four is damaged, and every frame the driver delivers is looked up among
// those that were sampled. Reliability F1; in Markdown, for drivers/README.md.
//
// usage: false_accept_table [--quick|--full] [DRIVER...]
// 400,000 damaged frames of each kind, --quick 20,000, --full 5,000,000, which are ten million for each
// protocol and take a quarter of an hour in all. All drivers where none is named.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "bench/table.hpp"
#include "drivers/driver/driver.hpp"
#include "drivers/driver/emulated_link.hpp"
#include "drivers/driver/emulated_ports.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr double kDamaged = 0.25;
constexpr std::uint64_t kDamagedFrames = 400'000, kDamagedFramesQuick = 20'000, kDamagedFramesFull = 5'000'000;
constexpr std::chrono::milliseconds kReadEvery{10};

/// Noise in place of a subject: no two frames are alike, and it costs little.
class Noise final : public Device {
public:
    explicit Noise(std::size_t n_channels) : emg_(n_channels) {
        streams_.resize(3);
        streams_[0].channels.resize(n_channels);
        for (StreamInfo& stream : streams_) stream.type = SampleType::float64;
    }
    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    void stop() noexcept override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override {
        fill(emg_, 1500.0);
        sink.push(0, 0, raw_frames(std::span<const double>{emg_}, emg_.size()));
        for (const std::size_t stream : {1u, 2u}) {
            fill(motion_, stream == 1 ? 15.0 : 3.0);
            sink.push(stream, 0, raw_frames(std::span<const double>{motion_}, 3));
        }
        return ReadStatus::frames;
    }

private:
    void fill(std::span<double> values, double most) noexcept {
        for (double& value : values) value = most * (2.0 * random_.uniform() - 1.0);
    }

    std::vector<StreamInfo> streams_;
    std::vector<double> emg_;
    std::array<double, 3> motion_{};
    Random random_{1};
};

EmulatedBody noise_body(double, std::size_t n_channels) { return EmulatedBody{std::make_unique<Noise>(n_channels)}; }

/// The frames that were sampled of late, by number and by what they hold.
class Sampled final : public FrameSink {
public:
    void push(std::size_t stream, std::uint64_t index, RawFrames frame) noexcept override {
        const std::uint64_t key = key_of(stream, frame, 0);
        ++held_[key];
        at_[place_of(stream, index)] = key;
        order_.push_back({place_of(stream, index), key});
        if (order_.size() <= kKept) return;
        at_.erase(order_.front().place);
        if (--held_[order_.front().key] == 0) held_.erase(order_.front().key);
        order_.pop_front();
    }

    bool has(std::uint64_t key) const noexcept { return held_.contains(key); }
    bool has_at(std::size_t stream, std::uint64_t index, std::uint64_t key) const noexcept {
        const auto found = at_.find(place_of(stream, index));
        return found != at_.end() && found->second == key;
    }

    static std::uint64_t key_of(std::size_t stream, RawFrames frames, std::size_t f) noexcept {
        std::uint64_t key = stream;
        for (std::size_t ch = 0; ch < frames.n_channels; ++ch) {
            key = SplitMix64{key ^ std::bit_cast<std::uint64_t>(frames.at(f, ch))}.next();
        }
        return key;
    }

private:
    static constexpr std::size_t kKept = 20'000;
    static std::uint64_t place_of(std::size_t stream, std::uint64_t index) noexcept { return index << 4 | stream; }

    struct Kept {
        std::uint64_t place, key;
    };
    std::unordered_map<std::uint64_t, std::uint64_t> held_, at_;
    std::deque<Kept> order_;
};

/// What the driver delivers, held against it.
class Judge final : public FrameSink {
public:
    Judge(const Sampled& sampled, bool counts) : sampled_(sampled), counts_(counts) {}
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            const std::uint64_t key = Sampled::key_of(stream, frames, f);
            if (sampled_.has_at(stream, first_index + f, key)) continue;
            const bool is_wrong = !sampled_.has(key);
            n_wrong += is_wrong;
            n_misplaced += !is_wrong && counts_;
        }
    }
    std::uint64_t n_wrong = 0, n_misplaced = 0;

private:
    const Sampled& sampled_;
    bool counts_;
};

struct Outcome {
    std::uint64_t n_damaged = 0, n_wrong = 0, n_misplaced = 0;
    double per_million(std::uint64_t n) const noexcept { return 1e6 * static_cast<double>(n) / static_cast<double>(n_damaged); }
};

/// A driver as it is tried, and the most that its check may let through of a million damaged frames.
struct Row {
    std::string_view scheme;
    std::string_view emulator = {}, driver = {};  ///< options
    std::string_view check = "none";
    double bit_max = 1e6, noise_max = 1e6;
};
/// A turned bit is always seen by a sum; but where it breaks a head, what is found in its place passes by chance.
constexpr double kByte = 1e6 / 256.0, kHead = 0.2 * kByte, kSlack = 1.1;
constexpr double kWord = 1e6 / 65536.0;  // as often as noise bears its own sum, a zero in a bad packet begins another
constexpr double kThreeNibbles = 1e6 / 4096.0;  // out of step three sums are to fit together
constexpr double kStreams = 2.0;  // a packet may be a frame of two streams, and each is counted
constexpr std::array kRows{
    Row{"bitalino", "", "", "4 bits, and three frames in a row after a bad one", kSlack * kThreeNibbles, kSlack * kStreams * 1e6 / 16.0},
    Row{"cyton", "", "", "first and last byte"},
    Row{"ngimu", "line=serial", "", "names, types and lengths"},
    Row{"ngimu", "line=udp", "", "names, types and lengths"},
    Row{"otb", "", "", "none", kStreams * 1e6, kStreams * 1e6},
    Row{"rvc", "", "", "sum of a byte", kHead, kSlack * kByte},
    Row{"shimmer", "", "", "CRC of 16 bits", kSlack * kWord, kSlack * 2.0 * kWord},
    Row{"text", "", "rate=500", "numbers, and as many as before"},
    Row{"text", "checksum=on", "rate=500&checksum=on", "exclusive or of a byte", 0.0, kSlack * kByte},
    Row{"trigno"},
    Row{"witmotion", "", "", "sum of a byte", kHead, kSlack * kByte},
    Row{"ximu3", "", "", "stuffing and length"},
    Row{"xsens", "", "", "sum of a byte, and items that fill the message", kHead, kSlack * kByte},
};

Outcome damage(const Row& row, LinkFaults faults, std::uint64_t n_damaged) {
    const Driver& driver = driver_of(SourceUrl{fmt::format("{}:", row.scheme)});
    Sampled sampled;
    EmulatedLink link{driver.emulate(SourceUrl{fmt::format("{}:?{}", row.scheme, row.emulator)}, noise_body), faults, &sampled};
    EmulatedPorts ports;
    ports.plug(link);
    const std::unique_ptr<Device> device = open_device(fmt::format("{}:{}?{}", row.scheme, ports.address(), row.driver), ports);
    device->start();
    const bool counts = driver.loss_detection.find("none") == std::string_view::npos;
    Judge judge{sampled, counts};
    const auto so_far = [&] { return link.account().n_corrupt + link.account().n_garbled; };
    const std::uint64_t n_before = so_far();
    while (so_far() - n_before < n_damaged) {
        ports.advance(kReadEvery);
        device->read(judge, std::chrono::milliseconds{0});
    }
    return {so_far() - n_before, judge.n_wrong, judge.n_misplaced};
}

/// A million of few frames is coarse: three more than are bound to come are no finding.
bool is_within(const Outcome& outcome, double per_million_max) {
    const double most = per_million_max * 1e-6 * static_cast<double>(outcome.n_damaged);
    return static_cast<double>(outcome.n_wrong) <= most + 3.0 * std::sqrt(most);
}

int run(std::span<const std::string_view> arguments) {
    const auto has = [&](std::string_view argument) { return std::find(arguments.begin(), arguments.end(), argument) != arguments.end(); };
    const bool quick = has("--quick"), full = has("--full");
    const bool all = arguments.size() == (quick || full ? 1u : 0u);
    const std::uint64_t n = quick ? kDamagedFramesQuick : full ? kDamagedFramesFull : kDamagedFrames;
    bench::Requirements requirements;
    for (const Driver* driver : drivers()) {
        const bool has_row = std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return row.scheme == driver->scheme; });
        requirements.check(has_row || driver->emulate == nullptr, fmt::format("{} has no row", driver->scheme));
    }
    bench::Table table{{"driver", "its check", "bit: wrong", "bit: misplaced", "noise: wrong", "noise: misplaced"}};
    for (const Row& row : kRows) {
        if (!all && !has(row.scheme)) continue;
        LinkFaults faults{};
        faults.corrupt = kDamaged;
        const Outcome bit = damage(row, faults, n);
        faults.corrupt = 0.0, faults.garbled = kDamaged;
        const Outcome noise = damage(row, faults, n);
        const std::string name = row.emulator.empty() ? std::string{row.scheme} : fmt::format("{}, {}", row.scheme, row.emulator);
        requirements.check(is_within(bit, row.bit_max), name + ": a turned bit");
        requirements.check(is_within(noise, row.noise_max), name + ": noise");
        const auto per_million = [](const Outcome& of, std::uint64_t count) { return fmt::format("{:.1f}", of.per_million(count)); };
        table.add({name, std::string{row.check}, per_million(bit, bit.n_wrong), per_million(bit, bit.n_misplaced),
                   per_million(noise, noise.n_wrong), per_million(noise, noise.n_misplaced)});
    }
    fmt::print("Frames delivered wrong or under another number, for a million damaged ones ({} of each kind):\n\n", n);
    table.print();
    return requirements.finish();
}

}  // namespace
}  // namespace tonus

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    try {
        return tonus::run(arguments);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 2;
    }
}
