#include "drivers/transport/transport.hpp"

#include <cerrno>
#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/serial_port.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t kWriteBytesMax = 65536;
constexpr int kLooksMax = 16;

/// Runs what was just started until it is done or time is up, then cancels it. Its handler has run
/// when this returns.
template <class Cancel>
void run_until_done(asio::io_context& io, const bool& done, milliseconds timeout, Cancel cancel) {
    io.restart();
    if (timeout > milliseconds::zero()) {
        io.run_for(timeout);
    } else {
        // run_for(0) would not even look. poll() would look for ever at a full pseudo terminal that
        // nobody has open: it is always ready, and never takes anything.
        for (int n = 0; n < kLooksMax && !done && io.poll_one() > 0; ++n) {}
    }
    if (done) return;
    cancel();
    io.restart();
    io.run();
}

/// A ByteStream over one of Asio's: only the way to open them differs.
template <class Line>
class AsioStream final : public ByteStream {
public:
    asio::io_context& io() noexcept { return io_; }
    Line& line() noexcept { return line_; }

    StreamResult read(std::span<std::byte> into, milliseconds timeout) noexcept override {
        return transfer(timeout, [&](auto handler, const bool&) {
            line_.async_read_some(asio::buffer(into.data(), into.size()), std::move(handler));
        });
    }

    StreamResult write(std::span<const std::byte> bytes, milliseconds timeout) noexcept override {
        // async_write is many writes: one that ends just as time is up is not there to be cancelled,
        // and the next would be started. The condition stops that.
        const StreamResult result = transfer(timeout, [&](auto handler, const bool& given_up) {
            const auto how_much_more = [&given_up](const error_code& error, std::size_t) {
                return error || given_up ? std::size_t{0} : kWriteBytesMax;
            };
            asio::async_write(line_, asio::buffer(bytes.data(), bytes.size()), how_much_more,
                              std::move(handler));
        });
        const bool cut_short = result.status == StreamStatus::ok && result.n_bytes < bytes.size();
        return cut_short ? StreamResult{StreamStatus::timeout, result.n_bytes} : result;
    }

private:
    template <class Start>
    StreamResult transfer(milliseconds timeout, Start start) noexcept {
        error_code error;
        std::size_t n_done = 0;
        bool done = false;
        bool given_up = false;
        const auto finish = [&](const error_code& code, std::size_t n) {
            error = code;
            n_done = n;
            done = true;
        };
        start(finish, given_up);
        run_until_done(io_, done, timeout, [&] {
            given_up = true;
            error_code ignored;
            line_.cancel(ignored);
        });
        if (!error) return {StreamStatus::ok, n_done};
        const bool timed_out = error == asio::error::operation_aborted;
        return {timed_out ? StreamStatus::timeout : StreamStatus::closed, n_done};
    }

    asio::io_context io_{1};  // the hint that one thread uses it spares locks
    Line line_{io_};
};

void close_on_exec(int fd) noexcept { fcntl(fd, F_SETFD, FD_CLOEXEC); }

Error tty_error(const std::string& path, const error_code& code) {
    switch (code.value()) {
        case ENOENT:
        case ENXIO:
        case ENODEV:
            return run_error(fmt::format(
                "{}: no such serial port; plug the device in, and see 'tonus drivers' for what is there",
                path));
        case EACCES:
        case EPERM:
            return run_error(fmt::format(
                "{}: not permitted; add this user to the group that owns the port (often dialout) and "
                "log in again",
                path));
        case EBUSY:
            return run_error(fmt::format("{}: another program has this port open; close it", path));
        case ENOTTY:
        case EISDIR: return run_error(fmt::format("{}: is not a serial port", path));
        default: return run_error(fmt::format("{}: cannot be opened: {}", path, code.message()));
    }
}

Error tcp_error(const std::string& where, const error_code& code, milliseconds timeout) {
    if (code == asio::error::operation_aborted || code == asio::error::timed_out) {
        return run_error(fmt::format(
            "{}: no answer within {} ms; is it switched on, and in this network?", where,
            timeout.count()));
    }
    if (code == asio::error::connection_refused) {
        return run_error(fmt::format(
            "{}: the host is there but nothing listens on this port; start the device's server or "
            "correct the port",
            where));
    }
    return run_error(fmt::format("{}: cannot connect: {}", where, code.message()));
}

error_code busy() { return {EBUSY, boost::system::system_category()}; }

/// Only some chips have it; the others are no worse without.
void set_low_latency(int fd) noexcept {
    serial_struct settings{};
    if (ioctl(fd, TIOCGSERIAL, &settings) != 0) return;
    settings.flags |= ASYNC_LOW_LATENCY;
    ioctl(fd, TIOCSSERIAL, &settings);
}

void set_raw(asio::serial_port& port, const std::string& path, unsigned baud) {
    using base = asio::serial_port_base;
    error_code code;
    const auto set = [&](const auto& option) {
        if (!code) port.set_option(option, code);
    };
    set(base::character_size{8});
    set(base::parity{base::parity::none});
    set(base::stop_bits{base::stop_bits::one});
    set(base::flow_control{base::flow_control::none});
    if (code) throw tty_error(path, code);
    set(base::baud_rate{baud});
    if (code) {
        throw usage_error(fmt::format(
            "{}: {} baud is not a rate of this port; usual ones are 9600, 57600, 115200, 230400, 921600",
            path, baud));
    }
}

}  // namespace

std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) {
    auto stream = std::make_unique<AsioStream<asio::serial_port>>();
    asio::serial_port& port = stream->line();
    error_code code;
    port.open(path, code);
    if (code) throw tty_error(path, code);
    close_on_exec(port.native_handle());
    set_raw(port, path, baud);
    // Two readers of one port get half of the bytes each, and neither can tell. The lock is for
    // those whom TIOCEXCL does not stop: root, and this very program.
    if (flock(port.native_handle(), LOCK_EX | LOCK_NB) != 0) throw tty_error(path, busy());
    ioctl(port.native_handle(), TIOCEXCL);
    set_low_latency(port.native_handle());
    return stream;
}

std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                        milliseconds timeout) {
    using asio::ip::tcp;
    const std::string where = fmt::format("{}:{}", host, port);
    auto stream = std::make_unique<AsioStream<tcp::socket>>();
    tcp::socket& socket = stream->line();
    error_code code;
    tcp::resolver resolver{stream->io()};
    const auto endpoints = resolver.resolve(host, std::to_string(port), code);
    if (code) {
        throw run_error(fmt::format("{}: no host '{}' ({}); correct the name or give its address",
                                    where, host, code.message()));
    }

    bool done = false;
    asio::async_connect(socket, endpoints, [&](const error_code& result, const tcp::endpoint&) {
        code = result;
        done = true;
    });
    run_until_done(stream->io(), done, timeout, [&] {
        error_code ignored;
        socket.close(ignored);  // cancel() alone would go on to the host's next address
    });
    // Connected in the very moment it was given up: too late all the same.
    if (!code && !socket.is_open()) code = asio::error::timed_out;
    if (code) throw tcp_error(where, code, timeout);

    close_on_exec(socket.native_handle());
    socket.set_option(tcp::no_delay{true}, code);
    socket.set_option(asio::socket_base::keep_alive{true}, code);
    return stream;
}

namespace {

asio::ip::address address_of(Reach reach) {
    return reach == Reach::network ? asio::ip::address{asio::ip::address_v4::any()}
                                   : asio::ip::address{asio::ip::address_v4::loopback()};
}

Error bind_error(std::uint16_t port, const error_code& code) {
    if (code == asio::error::address_in_use) {
        return run_error(fmt::format("TCP port {}: another program has it; close that or choose another port", port));
    }
    if (code == asio::error::access_denied) {
        return run_error(fmt::format("TCP port {}: not permitted; choose one above 1023", port));
    }
    return run_error(fmt::format("TCP port {}: cannot be opened: {}", port, code.message()));
}

}  // namespace

struct TcpListener::Socket {
    asio::io_context io{1};
    asio::ip::tcp::acceptor acceptor{io};
    std::uint16_t port = 0;
};

TcpListener::TcpListener(std::uint16_t port, Reach reach) : socket_(std::make_unique<Socket>()) {
    error_code code;
    auto& acceptor = socket_->acceptor;
    acceptor.open(asio::ip::tcp::v4(), code);
    if (!code) acceptor.set_option(asio::socket_base::reuse_address{true}, code);
    if (!code) acceptor.bind({address_of(reach), port}, code);
    if (!code) acceptor.listen(1, code);
    if (code) throw bind_error(port, code);
    close_on_exec(acceptor.native_handle());
    socket_->port = acceptor.local_endpoint().port();
}

TcpListener::~TcpListener() = default;
TcpListener::TcpListener(TcpListener&&) noexcept = default;
TcpListener& TcpListener::operator=(TcpListener&&) noexcept = default;

std::uint16_t TcpListener::port() const noexcept { return socket_->port; }

std::unique_ptr<ByteStream> TcpListener::accept(milliseconds timeout) {
    auto stream = std::make_unique<AsioStream<asio::ip::tcp::socket>>();
    bool done = false;
    error_code code;
    socket_->acceptor.async_accept(stream->line(), [&](const error_code& result) {
        code = result;
        done = true;
    });
    run_until_done(socket_->io, done, timeout, [&] {
        error_code ignored;
        socket_->acceptor.cancel(ignored);
    });
    if (code) return nullptr;
    close_on_exec(stream->line().native_handle());
    stream->line().set_option(asio::ip::tcp::no_delay{true}, code);
    return stream;
}

PseudoTerminal make_pseudo_terminal() {
    auto stream = std::make_unique<AsioStream<asio::posix::stream_descriptor>>();
    const int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0) throw run_error("the system gives no pseudo terminal");
    close_on_exec(fd);
    // What is written before the other end is opened must not come back as an echo.
    termios settings{};
    tcgetattr(fd, &settings);
    cfmakeraw(&settings);
    tcsetattr(fd, TCSANOW, &settings);
    const char* path = ptsname(fd);
    error_code code;
    stream->line().assign(fd, code);
    if (path == nullptr || code) throw run_error("the system gives no pseudo terminal");
    // Opened and closed once: from then on the device end reads as closed while nobody has it open.
    if (const int other_end = ::open(path, O_RDWR | O_NOCTTY); other_end >= 0) ::close(other_end);
    return {std::move(stream), path};
}

}  // namespace tonus
