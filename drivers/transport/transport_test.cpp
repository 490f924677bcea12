// The real seams against real counterparts: a pseudo terminal for a serial port, a listener on
// the loopback interface for a device's server.
#include "drivers/transport/transport.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "drivers/transport/device_address.hpp"
#include "drivers/transport/serial_ports.hpp"
#include "engine/core/error.hpp"
#include "tests/core/bytes.hpp"

namespace tonus {
namespace {

using std::chrono::milliseconds;
using test::as_bytes;
using test::as_text;

constexpr milliseconds kPatience{5000};  // never waited for unless something is broken
constexpr milliseconds kBriefly{1};

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { hang_up(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return fd_; }
    void hang_up() {
        if (fd_ >= 0) close(fd_);
        fd_ = -1;
    }
    void send(const std::string& text) const {
        ASSERT_EQ(::write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    std::string receive(std::size_t n) const {
        std::string text(n, '\0');
        std::size_t n_done = 0;
        while (n_done < n) {
            const ssize_t got = ::read(fd_, text.data() + n_done, n - n_done);
            if (got <= 0) break;
            n_done += static_cast<std::size_t>(got);
        }
        text.resize(n_done);
        return text;
    }

private:
    int fd_;
};

/// The far end of a serial cable.
struct Cable {
    Cable() : far_end(posix_openpt(O_RDWR | O_NOCTTY)) {
        if (far_end.get() < 0 || grantpt(far_end.get()) != 0 || unlockpt(far_end.get()) != 0) {
            throw run_error("no pseudo terminal");
        }
        path = ptsname(far_end.get());
    }
    Descriptor far_end;
    std::string path;
};

/// A server on a free port of this machine.
struct Listener {
    Listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            listen(socket.get(), 1) != 0 ||
            getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw run_error("no listener");
        }
        port = ntohs(address.sin_port);
    }
    int accept() const { return ::accept(socket.get(), nullptr, nullptr); }

    Descriptor socket;
    std::uint16_t port = 0;
};

std::string read_text(ByteStream& stream, std::size_t n) {
    std::string text;
    std::vector<std::byte> into(n);
    while (text.size() < n) {
        const StreamResult result =
            stream.read(std::span{into}.first(n - text.size()), kPatience);
        if (result.status != StreamStatus::ok) break;
        text += as_text(std::span{into}.first(result.n_bytes));
    }
    return text;
}

StreamStatus read_status(ByteStream& stream, milliseconds timeout) {
    std::vector<std::byte> into(16);
    return stream.read(into, timeout).status;
}

template <class Action>
void expect_error(ErrorKind kind, const std::string& what, Action action) {
    try {
        action();
        ADD_FAILURE() << "no Error was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << error.what();
        EXPECT_NE(std::string{error.what()}.find(what), std::string::npos) << error.what();
    }
}

// A line discipline left on would swallow 0x03, turn \r into \n and echo everything back.
TEST(Tty, CarriesEveryByteUnchangedBothWays) {
    Cable cable;
    const auto port = open_tty(cable.path, 115200);
    std::string all_bytes;
    for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);

    cable.far_end.send(all_bytes);
    EXPECT_EQ(read_text(*port, 256), all_bytes);
    const StreamResult sent = port->write(as_bytes(all_bytes), kPatience);
    EXPECT_EQ(sent.status, StreamStatus::ok);
    EXPECT_EQ(sent.n_bytes, 256u);
    EXPECT_EQ(cable.far_end.receive(256), all_bytes);
}

TEST(Tty, IsSetToTheAskedRateWithEightBitsAndNoParity) {
    Cable cable;
    const auto port = open_tty(cable.path, 57600);
    termios settings{};
    ASSERT_EQ(tcgetattr(cable.far_end.get(), &settings), 0);
    EXPECT_EQ(cfgetospeed(&settings), static_cast<speed_t>(B57600));
    EXPECT_EQ(settings.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
    EXPECT_EQ(settings.c_cflag & (PARENB | CSTOPB), 0u);
}

TEST(Tty, TimesOutOnSilenceAndGoesOnAfterwards) {
    Cable cable;
    const auto port = open_tty(cable.path, 115200);
    EXPECT_EQ(read_status(*port, kBriefly), StreamStatus::timeout);
    EXPECT_EQ(read_status(*port, milliseconds{0}), StreamStatus::timeout);
    cable.far_end.send("late");
    EXPECT_EQ(read_text(*port, 4), "late");
}

TEST(Tty, IsClosedWhenTheCableIsPulled) {
    Cable cable;
    const auto port = open_tty(cable.path, 115200);
    cable.far_end.hang_up();
    EXPECT_EQ(read_status(*port, kPatience), StreamStatus::closed);
    EXPECT_EQ(port->write(as_bytes("x"), kPatience).status, StreamStatus::closed);
}

TEST(Tty, SaysWhenALineThatTakesNothingIsFull) {
    Cable cable;
    const auto port = open_tty(cable.path, 115200);
    const std::string much(1 << 20, 'x');
    const StreamResult result = port->write(as_bytes(much), kBriefly);
    EXPECT_EQ(result.status, StreamStatus::timeout);
    EXPECT_GT(result.n_bytes, 0u);
    EXPECT_LT(result.n_bytes, much.size());
}

TEST(Tty, NamesWhatIsWrongWithAPort) {
    expect_error(ErrorKind::failed, "no such serial port", [] { open_tty("/dev/ttyNone", 115200); });
    expect_error(ErrorKind::failed, "not a serial port", [] { open_tty("/dev/null", 115200); });
    Cable cable;
    expect_error(ErrorKind::usage, "12345 baud", [&] { open_tty(cable.path, 12345); });
}

TEST(Tcp, CarriesBytesBothWays) {
    const Listener server;
    const auto client = connect_tcp("127.0.0.1", server.port, kPatience);
    const Descriptor peer{server.accept()};
    EXPECT_EQ(client->write(as_bytes("START\r\n"), kPatience).n_bytes, 7u);
    EXPECT_EQ(peer.receive(7), "START\r\n");
    peer.send("OK");
    EXPECT_EQ(read_text(*client, 2), "OK");
}

TEST(Tcp, TimesOutOnSilenceAndGoesOnAfterwards) {
    const Listener server;
    const auto client = connect_tcp("127.0.0.1", server.port, kPatience);
    const Descriptor peer{server.accept()};
    EXPECT_EQ(read_status(*client, kBriefly), StreamStatus::timeout);
    peer.send("late");
    EXPECT_EQ(read_text(*client, 4), "late");
}

TEST(Tcp, ReadsTheLastBytesBeforeItIsClosed) {
    const Listener server;
    const auto client = connect_tcp("127.0.0.1", server.port, kPatience);
    Descriptor peer{server.accept()};
    peer.send("bye");
    peer.hang_up();
    EXPECT_EQ(read_text(*client, 3), "bye");
    EXPECT_EQ(read_status(*client, kPatience), StreamStatus::closed);
}

TEST(Tcp, SaysHowMuchWentWhenThePeerStopsReading) {
    const Listener server;
    const auto client = connect_tcp("127.0.0.1", server.port, kPatience);
    const Descriptor peer{server.accept()};
    const std::string much(32 << 20, 'x');  // more than both sockets' buffers
    const StreamResult result = client->write(as_bytes(much), kBriefly);
    EXPECT_EQ(result.status, StreamStatus::timeout);
    EXPECT_LT(result.n_bytes, much.size());
}

TEST(Tcp, SaysWhenNothingListens) {
    std::uint16_t port = 0;
    {
        const Listener gone;
        port = gone.port;
    }
    expect_error(ErrorKind::failed, "nothing listens",
                 [&] { connect_tcp("127.0.0.1", port, kPatience); });
}

// ".invalid" is promised never to exist (RFC 2606).
TEST(Tcp, SaysWhenAHostIsUnknown) {
    expect_error(ErrorKind::failed, "no host 'tonus.invalid'",
                 [] { connect_tcp("tonus.invalid", 50040, kPatience); });
}

// A listener with a full queue takes no more: the next connection waits, as one to a device that
// is switched off does.
TEST(Tcp, SaysWhenNobodyAnswersInTime) {
    const Listener server;
    std::vector<std::unique_ptr<ByteStream>> waiting;
    try {
        for (int i = 0; i < 64; ++i) {
            waiting.push_back(connect_tcp("127.0.0.1", server.port, milliseconds{50}));
        }
        FAIL() << "the queue never filled";
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("no answer within 50 ms"), std::string::npos)
            << error.what();
    }
}

// Two readers of one port would get half of the bytes each.
TEST(Tty, IsForOneAlone) {
    Cable cable;
    const auto port = open_tty(cable.path, 115200);
    expect_error(ErrorKind::failed, "another program has this port open", [&] { open_tty(cable.path, 115200); });
}

TEST(Tty, SaysWhenItIsNotPermitted) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else for a moment";
    Cable cable;
    ASSERT_EQ(chmod(cable.path.c_str(), 0600), 0);
    ASSERT_EQ(seteuid(65534), 0);
    expect_error(ErrorKind::failed, "dialout", [&] { open_tty(cable.path, 115200); });
    ASSERT_EQ(seteuid(0), 0);
}

TEST(NetworkPorts, SayWhenTheyAreNotPermitted) {
    std::ifstream first_free{"/proc/sys/net/ipv4/ip_unprivileged_port_start"};
    int port = 0;
    first_free >> port;
    if (geteuid() != 0 || port < 1024) GTEST_SKIP() << "needs root, to be somebody else for a moment, and ports that are root's";
    ASSERT_EQ(seteuid(65534), 0);
    expect_error(ErrorKind::failed, "above 1023", [] { bind_udp(81, Reach::this_machine); });
    expect_error(ErrorKind::failed, "above 1023", [] { TcpListener{81, Reach::this_machine}; });
    ASSERT_EQ(seteuid(0), 0);
}

// An emulator that nobody listens to any more must still see that its time is over.
TEST(PseudoTerminalPair, TakesNoMoreThanFitsWhileNobodyHasItOpen) {
    const PseudoTerminal terminal = make_pseudo_terminal();
    Descriptor{::open(terminal.path.c_str(), O_RDWR | O_NOCTTY)}.hang_up();
    const std::string much(1 << 16, 'x');
    StreamResult sent = terminal.device_end->write(as_bytes(much), milliseconds{0});
    EXPECT_LT(sent.n_bytes, much.size());
    sent = terminal.device_end->write(as_bytes(much), milliseconds{0});
    EXPECT_EQ(sent.status, StreamStatus::timeout);
}

TEST(PseudoTerminalPair, IsACableWithTwoEnds) {
    const PseudoTerminal terminal = make_pseudo_terminal();
    const auto port = open_tty(terminal.path, 115200);
    EXPECT_EQ(terminal.device_end->write(as_bytes("data"), kPatience).n_bytes, 4u);
    EXPECT_EQ(read_text(*port, 4), "data");
    EXPECT_EQ(port->write(as_bytes("b"), kPatience).n_bytes, 1u);
    EXPECT_EQ(read_text(*terminal.device_end, 1), "b");
}

TEST(TcpListener, TakesADeviceThatDialsIn) {
    TcpListener listener{0, Reach::this_machine};
    EXPECT_EQ(listener.accept(kBriefly), nullptr);
    const auto device = connect_tcp("127.0.0.1", listener.port(), kPatience);
    const auto host = listener.accept(kPatience);
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(device->write(as_bytes("hello"), kPatience).n_bytes, 5u);
    EXPECT_EQ(read_text(*host, 5), "hello");
    expect_error(ErrorKind::failed, "another program has it", [&] { TcpListener{listener.port(), Reach::this_machine}; });
}

// A stranger's datagrams must not get among the device's (reliability F25).
TEST(Udp, ListensToItsFirstPeerOnly) {
    const std::uint16_t port = Listener{}.port;
    const auto host = bind_udp(port, Reach::this_machine);
    const auto device = send_udp(port), stranger = send_udp(port);
    EXPECT_EQ(read_status(*host, kBriefly), StreamStatus::timeout);
    device->write(as_bytes("one"), kPatience);
    stranger->write(as_bytes("before the device was heard"), kPatience);
    EXPECT_EQ(read_text(*host, 3), "one");
    EXPECT_EQ(read_status(*host, kBriefly), StreamStatus::timeout);
    stranger->write(as_bytes("junk"), kPatience);
    device->write(as_bytes("two"), kPatience);
    EXPECT_EQ(read_text(*host, 3), "two");
    host->write(as_bytes("ping"), kPatience);
    EXPECT_EQ(read_text(*device, 4), "ping");
    expect_error(ErrorKind::failed, "another program has it", [&] { bind_udp(port, Reach::this_machine); });
}

// Who is first is not enough where somebody else may be: a loopback interface has many addresses.
TEST(Udp, TakesOnlyThePeerThatWasNamed) {
    const std::uint16_t port = Listener{}.port;
    {
        const auto host = bind_udp(port, Reach::this_machine, "127.0.0.2");
        const auto stranger = send_udp(port);
        stranger->write(as_bytes("junk"), kPatience);
        EXPECT_EQ(read_status(*host, kBriefly), StreamStatus::timeout);
    }
    const auto host = bind_udp(port, Reach::this_machine, "127.0.0.1");
    const auto device = send_udp(port);
    device->write(as_bytes("one"), kPatience);
    EXPECT_EQ(read_text(*host, 3), "one");
    expect_error(ErrorKind::usage, "as 192.168.1.2", [&] { bind_udp(port, Reach::this_machine, "ngimu.local"); });
}

// The kernel's folders, built from what one with an FTDI adapter and a built-in port looks like.
TEST(SerialPorts, AreKnownByTheirUsbSerialNumber) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("tonus_ports_" + std::to_string(getpid()));
    const fs::path usb = folder / "devices/usb1/1-2";
    fs::create_directories(usb / "1-2:1.0/ttyUSB0");
    fs::create_directories(folder / "class/ttyUSB0");
    fs::create_directories(folder / "class/ttyS0/device");
    fs::create_directories(folder / "class/tty1");
    const auto put = [](const fs::path& file, const char* text) { std::ofstream{file} << text << "\n"; };
    put(usb / "idProduct", "6015");
    put(usb / "serial", "DM01ABCD");
    put(usb / "product", "FT231X USB UART");
    put(folder / "class/ttyS0/type", "0");
    fs::create_directory_symlink(usb / "1-2:1.0/ttyUSB0", folder / "class/ttyUSB0/device");

    const std::vector<SerialPort> ports = find_serial_ports((folder / "class").string(), "/dev");
    fs::remove_all(folder);
    ASSERT_EQ(ports.size(), 1u) << "neither a port without a chip nor a console";
    EXPECT_EQ(ports[0].path, "/dev/ttyUSB0");
    EXPECT_EQ(ports[0].usb_serial, "DM01ABCD");
    EXPECT_EQ(ports[0].product, "FT231X USB UART");
}

TEST(DeviceAddress, IsAPathOrAHostWithAPort) {
    EXPECT_EQ(parse_host_port("192.168.4.1:8001", 23).port, 8001);
    EXPECT_EQ(parse_host_port("myo.local", 23).port, 23);
    expect_error(ErrorKind::usage, "not a host and a port", [] { parse_host_port("host:99999", 23); });
    expect_error(ErrorKind::usage, "not a host and a port", [] { parse_host_port(":80", 23); });
}

}  // namespace
}  // namespace tonus
