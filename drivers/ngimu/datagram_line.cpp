#include "drivers/ngimu/datagram_line.hpp"

#include <algorithm>
#include <array>

#include "drivers/ngimu/decoder.hpp"

namespace tonus::ngimu {
namespace {

class DatagramLine final : public ByteStream {
public:
    explicit DatagramLine(std::unique_ptr<ByteStream> datagrams) : datagrams_(std::move(datagrams)) {}

    StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept override {
        if (n_given_ == n_held_) {
            const StreamResult got = datagrams_->read(datagram_, timeout);
            if (got.status != StreamStatus::ok) return got;
            hold(std::span{datagram_}.first(got.n_bytes));
        }
        const std::size_t n = std::min(into.size(), n_held_ - n_given_);
        std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(n_given_), n, into.begin());
        n_given_ += n;
        return {StreamStatus::ok, n};
    }

    StreamResult write(std::span<const std::byte> bytes, std::chrono::milliseconds timeout) noexcept override {
        return datagrams_->write(bytes, timeout);
    }

private:
    void hold(std::span<const std::byte> datagram) noexcept {
        n_held_ = n_given_ = 0;
        for (const std::byte byte : datagram) {
            const bool is_special = byte == std::byte{0xC0} || byte == std::byte{0xDB};
            if (is_special) held_[n_held_++] = std::byte{0xDB};
            held_[n_held_++] = !is_special ? byte : byte == std::byte{0xC0} ? std::byte{0xDC} : std::byte{0xDD};
        }
        held_[n_held_++] = std::byte{0xC0};
    }

    std::unique_ptr<ByteStream> datagrams_;
    std::array<std::byte, kPacketBytesMax> datagram_;
    std::array<std::byte, 2 * kPacketBytesMax + 1> held_;
    std::size_t n_held_ = 0, n_given_ = 0;
};

}  // namespace

std::unique_ptr<ByteStream> packets_of_datagrams(std::unique_ptr<ByteStream> datagrams) {
    return std::make_unique<DatagramLine>(std::move(datagrams));
}

}  // namespace tonus::ngimu
