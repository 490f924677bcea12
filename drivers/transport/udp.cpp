// Datagrams. Plain sockets: with one peer and one thread there is nothing for Asio to arrange.
#include <cerrno>
#include <cstring>
#include <string>

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

constexpr int kRefusedAtOnce = 256;  // datagrams of strangers that one read throws away

class UdpStream final : public ByteStream {
public:
    explicit UdpStream(std::uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        if (fd_ < 0) throw udp_error(port, errno);
    }
    ~UdpStream() override { close(fd_); }

    int fd() const noexcept { return fd_; }

    /// The first peer must have this address, in network order.
    void take_only_from(in_addr_t peer) noexcept { only_from_ = peer; }

    /// From now on the kernel itself refuses everybody else.
    bool connect_to(const sockaddr_in& peer) noexcept {
        peer_ = peer;
        connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
        return connected_;
    }

    StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept override {
        pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
        if (poll(&ready, 1, static_cast<int>(timeout.count())) <= 0) return {StreamStatus::timeout, 0};
        for (int i = 0; i < kRefusedAtOnce; ++i) {
            sockaddr_in sender{};
            socklen_t size = sizeof sender;
            const ssize_t n = recvfrom(fd_, into.data(), into.size(), 0, reinterpret_cast<sockaddr*>(&sender), &size);
            // A refused datagram of ours comes back as an error of the next read: nobody is there yet.
            if (n < 0) break;
            if (!connected_ && is_wanted(sender)) connect_to(sender);
            // What others sent before that is still in the queue.
            if (connected_ && is_peer(sender)) return {StreamStatus::ok, static_cast<std::size_t>(n)};
        }
        return {StreamStatus::timeout, 0};
    }

    StreamResult write(std::span<const std::byte> bytes, std::chrono::milliseconds) noexcept override {
        // Nobody to send to is no error: the device speaks first. Nor is a lost datagram.
        if (connected_) [[maybe_unused]] const ssize_t sent = send(fd_, bytes.data(), bytes.size(), 0);
        return {StreamStatus::ok, bytes.size()};
    }

private:
    bool is_wanted(const sockaddr_in& sender) const noexcept { return only_from_ == INADDR_ANY || sender.sin_addr.s_addr == only_from_; }

    bool is_peer(const sockaddr_in& sender) const noexcept { return sender.sin_addr.s_addr == peer_.sin_addr.s_addr && sender.sin_port == peer_.sin_port; }

    int fd_;
    in_addr_t only_from_ = INADDR_ANY;
    sockaddr_in peer_{};
    bool connected_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, Reach reach, const std::string& peer) {
    auto stream = std::make_unique<UdpStream>(port);
    if (in_addr address{}; !peer.empty()) {
        if (inet_pton(AF_INET, peer.c_str(), &address) != 1) {
            throw usage_error(fmt::format("'{}' is not the address of a peer; write four numbers, as 192.168.1.2", peer));
        }
        stream->take_only_from(address.s_addr);
    }
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
