// Datagrams. Plain sockets: with one peer and one thread there is nothing for Asio to arrange.
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/transport/transport.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

sockaddr_in address_of(in_addr_t host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    address.sin_port = htons(port);
    return address;
}

Error udp_error(std::uint16_t port, int code) {
    if (code == EADDRINUSE) {
        return run_error(fmt::format("UDP port {}: another program has it; close that or choose another port", port));
    }
    if (code == EACCES) return run_error(fmt::format("UDP port {}: not permitted; choose one above 1023", port));
    return run_error(fmt::format("UDP port {}: cannot be opened: {}", port, std::strerror(code)));
}

class UdpStream final : public ByteStream {
public:
    explicit UdpStream(std::uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        if (fd_ < 0) throw udp_error(port, errno);
    }
    ~UdpStream() override { close(fd_); }

    int fd() const noexcept { return fd_; }

    /// From now on the kernel itself refuses everybody else.
    bool connect_to(const sockaddr_in& peer) noexcept {
        connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
        return connected_;
    }

    StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept override {
        pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
        if (poll(&ready, 1, static_cast<int>(timeout.count())) <= 0) return {StreamStatus::timeout, 0};
        sockaddr_in sender{};
        socklen_t size = sizeof sender;
        const ssize_t n = recvfrom(fd_, into.data(), into.size(), 0, reinterpret_cast<sockaddr*>(&sender), &size);
        // A refused datagram of ours comes back as an error of the next read: nobody is there yet.
        if (n < 0) return {StreamStatus::timeout, 0};
        if (!connected_) connect_to(sender);
        return {StreamStatus::ok, static_cast<std::size_t>(n)};
    }

    StreamResult write(std::span<const std::byte> bytes, std::chrono::milliseconds) noexcept override {
        // Nobody to send to is no error: the device speaks first. Nor is a lost datagram.
        if (connected_) [[maybe_unused]] const ssize_t sent = send(fd_, bytes.data(), bytes.size(), 0);
        return {StreamStatus::ok, bytes.size()};
    }

private:
    int fd_;
    bool connected_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, Reach reach) {
    auto stream = std::make_unique<UdpStream>(port);
    const sockaddr_in here = address_of(reach == Reach::network ? INADDR_ANY : INADDR_LOOPBACK, port);
    if (bind(stream->fd(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) throw udp_error(port, errno);
    return stream;
}

std::unique_ptr<ByteStream> send_udp(std::uint16_t port) {
    auto stream = std::make_unique<UdpStream>(port);
    if (!stream->connect_to(address_of(INADDR_LOOPBACK, port))) throw udp_error(port, errno);
    return stream;
}

}  // namespace tonus
