// What every driver must do, asked of each through its own emulator on a virtual clock. A new driver
// is in the table, and so in here, without being named.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/driver/driver.hpp"
#include "engine/core/random.hpp"
#include "tests/support/emulated_session.hpp"

namespace tonus {
namespace {

using test::EmulatedSession;
using test::KeptFrames;

std::vector<std::string> emulated_schemes() {
    std::vector<std::string> schemes;
    for (const Driver* driver : drivers()) {
        if (driver->emulate != nullptr) schemes.emplace_back(driver->scheme);
    }
    return schemes;
}

/// Takes everything and says nothing; or babbles, as another device at the wrong rate would.
class Stranger final : public Emulator {
public:
    Stranger(std::span<const EmulatorLine> lines, bool babbles) : lines_(lines.begin(), lines.end()), babbles_(babbles) {}
    std::span<const EmulatorLine> lines() const noexcept override { return lines_; }
    void hear(std::size_t, std::span<const std::byte>, EmulatorOutput&) override {}
    void advance(std::int64_t, EmulatorOutput& out) override {
        for (std::size_t line = 0; babbles_ && line < lines_.size(); ++line) {
            const auto byte = static_cast<std::byte>(random_.below(256));
            out.reply(line, std::span{&byte, 1});
        }
    }

private:
    std::vector<EmulatorLine> lines_;
    bool babbles_;
    Random random_{1};
};

/// Every port is taken, or not permitted: what transport says of it (transport_test.cpp) must be heard.
class Refusing final : public Ports {
public:
    explicit Refusing(std::string why) : why_(std::move(why)) {}
    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned) override { throw run_error(path + ": " + why_); }
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t, std::chrono::milliseconds) override {
        throw run_error(host + ": " + why_);
    }
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds) override { throw run_error(fmt::format("port {}: {}", port, why_)); }
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string&) override { throw run_error(fmt::format("port {}: {}", port, why_)); }
    std::vector<SerialPort> serial_ports() override { return {}; }
    Clock& clock() noexcept override { return clock_; }

private:
    std::string why_;
    VirtualClock clock_;
};

std::string said(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

/// Whether its frames bear numbers or times of the device's own.
bool counts(const std::string& scheme) {
    return driver_of(SourceUrl{scheme + ":"}).loss_detection.find("none") == std::string_view::npos;
}

class DriverContract : public testing::TestWithParam<std::string> {};

TEST_P(DriverContract, TenSecondsAreWhatWasSampledToTheLastCount) {
    EmulatedSession session{GetParam()};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 10.0);
    device->stop();
    test::expect_true(got, session.truth, counts(GetParam()));
    for (std::size_t s = 0; s < device->streams().size(); ++s) {
        const StreamInfo& stream = device->streams()[s];
        const auto& frames = got.all[s];
        ASSERT_FALSE(frames.empty()) << stream.name;
        EXPECT_GT(static_cast<double>(frames.size()), 7.0 * stream.rate.hz()) << stream.name;
        EXPECT_EQ(frames.rbegin()->first - frames.begin()->first + 1, frames.size()) << stream.name << " has no holes";
        EXPECT_EQ(frames.begin()->second.size(), stream.channels.size()) << stream.name;
    }
}

TEST_P(DriverContract, OpensAndStartsAgain) {
    EmulatedSession session{GetParam()};
    for (int times = 0; times < 3; ++times) {
        const auto device = session.open();
        device->start();
        KeptFrames got;
        session.read(*device, got, 3.0);
        device->stop();
        EXPECT_GT(got.count(0), 0u) << "time " << times;
        EXPECT_EQ(device->trouble(), "");
    }
}

TEST_P(DriverContract, EveryStreamSaysWhatItIs) {
    EmulatedSession session{GetParam()};
    const auto device = session.open();
    for (const StreamInfo& stream : device->streams()) {
        EXPECT_FALSE(stream.name.empty());
        EXPECT_NE(stream.device_id.find(GetParam()), std::string::npos) << stream.device_id;
        EXPECT_GT(stream.rate.hz(), 0.0);
        for (const ChannelInfo& channel : stream.channels) {
            EXPECT_FALSE(channel.label.empty());
            EXPECT_NE(channel.scale, 0.0);
        }
    }
}

TEST_P(DriverContract, NamesWhatIsWrongAndWhatToDo) {
    const std::string scheme = GetParam();
    EmulatedSession session{scheme};
    const std::string option = said([&] { session.open("no_such_option=1"); });
    EXPECT_NE(option.find("unknown option 'no_such_option'"), std::string::npos) << option;

    EmulatedPorts empty;
    const std::string port = said([&] { open_device(session.url(), empty); });
    EXPECT_NE(port, "no error");
}

// With the ports of this machine: no adapter has this path, and nothing listens on a port that needs root.
TEST_P(DriverContract, SaysWhatToDoWhereThereIsNoSuchPort) {
    const LineKind kind = EmulatedSession{GetParam()}.link.lines()[0].kind;
    if (kind == LineKind::serial) {
        const std::string text = said([&] { open_device(GetParam() + ":/dev/tonus-none"); });
        EXPECT_NE(text.find("/dev/tonus-none"), std::string::npos) << text;
        EXPECT_NE(text.find("plug"), std::string::npos) << text;
    } else if (kind == LineKind::tcp_listens) {
        const bool by_option = said([&] { open_device(GetParam() + ":127.0.0.1?port=1"); }).find("unknown option") == std::string::npos;
        const std::string text = said([&] { open_device(GetParam() + (by_option ? ":127.0.0.1?port=1" : ":127.0.0.1:1")); });
        EXPECT_NE(text.find("nothing listens"), std::string::npos) << text;
    }
}

// Reliability, "Loss of a source seen": a line that hangs up, a connection that only falls silent, datagrams.
TEST_P(DriverContract, AnUnpluggedDeviceIsSeenInTime) {
    EmulatedSession session{GetParam(), "unplug=12-1000"};
    const LineKind kind = session.link.lines()[0].kind;
    const double seen_s_max = kind == LineKind::serial ? 0.5 : kind == LineKind::udp ? 1.0 : 3.0;
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 11.9 - session.now_s());
    ASSERT_EQ(device->trouble(), "");
    while (device->trouble().empty() && session.now_s() < 20.0) session.read(*device, got, 0.01);
    EXPECT_LE(session.now_s() - 12.0, seen_s_max + 0.02) << device->trouble();
}

TEST_P(DriverContract, SaysWhyAPortThatIsBusyOrDeniedCannotBeOpened) {
    const EmulatedSession session{GetParam()};
    for (const char* why : {"another program has it open; close it", "not permitted; add this user to the group that owns the port"}) {
        Refusing ports{why};
        const std::string text = said([&] { open_device(session.url(), ports); });
        EXPECT_NE(text.find(why), std::string::npos) << text;
    }
}

TEST_P(DriverContract, ASilentDeviceIsAnErrorWithAMend) {
    EmulatedSession real{GetParam()};
    EmulatedSession silent{GetParam(), std::make_unique<Stranger>(real.link.lines(), false)};
    const std::string text = said([&] { silent.open()->start(); });
    EXPECT_NE(text.find(silent.url()), std::string::npos) << text;
    EXPECT_NE(text.find('?'), std::string::npos) << "asks what is to be looked at: " << text;
}

TEST_P(DriverContract, AnotherDeviceInItsPlaceIsRefused) {
    EmulatedSession real{GetParam()};
    EmulatedSession stranger{GetParam(), std::make_unique<Stranger>(real.link.lines(), true)};
    const std::string text = said([&] { stranger.open()->start(); });
    EXPECT_NE(text.find(stranger.url()), std::string::npos) << text;
}

// A stall is no loss: the frames come late and all of them.
TEST_P(DriverContract, AStallLosesNothing) {
    EmulatedSession session{GetParam(), "stall=6-6.4"};
    const auto device = session.open();
    device->start();
    KeptFrames got;
    session.read(*device, got, 8.0);
    test::expect_true(got, session.truth, counts(GetParam()));
    const auto& frames = got.all[0];
    EXPECT_EQ(frames.rbegin()->first - frames.begin()->first + 1, frames.size());
}

INSTANTIATE_TEST_SUITE_P(All, DriverContract, testing::ValuesIn(emulated_schemes()),
                         [](const auto& scheme) { return scheme.param; });

}  // namespace
}  // namespace tonus
