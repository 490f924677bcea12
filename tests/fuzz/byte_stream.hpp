#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "drivers/driver/frame_finder.hpp"
#include "engine/core/random.hpp"

namespace tonus::fuzz {

using Frames = std::vector<std::vector<std::byte>>;

template <class Match>
Frames frames_of(std::span<const std::byte> bytes, std::size_t n_bytes_max, Match match, std::uint64_t seed) {
    Random random{seed};
    FrameFinder finder{n_bytes_max};
    Frames frames;
    std::size_t at = 0;
    while (at < bytes.size()) {
        // Seed 0 gives all bytes at once.
        const std::size_t n = seed == 0 ? bytes.size() : std::min<std::size_t>(1 + random.below(40), bytes.size() - at);
        finder.feed(bytes.subspan(at, n), match, [&](std::span<const std::byte> frame) { frames.emplace_back(frame.begin(), frame.end()); });
        at += n;
    }
    if (finder.used() + finder.skipped() + finder.waiting() != bytes.size()) std::abort();
    return frames;
}

/// What every decoder of a byte stream promises: the same frames however the bytes are cut, each byte
/// used, skipped or waiting, and no frame that cannot be decoded.
/// @param decode  takes a frame apart
template <class Match, class Decode>
int check_decoder(const std::uint8_t* data, std::size_t size, std::size_t n_bytes_max, Match match, Decode decode) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span{data, size});
    const Frames whole = frames_of(bytes, n_bytes_max, match, 0);
    if (frames_of(bytes, n_bytes_max, match, 1 + size) != whole) std::abort();
    for (const auto& frame : whole) decode(std::span<const std::byte>{frame});
    return 0;
}

}  // namespace tonus::fuzz
