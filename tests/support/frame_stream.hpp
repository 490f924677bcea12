#pragma once

// What every decoder is asked: the same frames however the bytes are cut, back in step after
// garbage, no byte unaccounted for.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/driver/frame_finder.hpp"
#include "engine/core/random.hpp"

namespace tonus::test {

using Bytes = std::vector<std::byte>;

inline Bytes from_hex(std::string_view hex) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
    }
    return bytes;
}

inline Bytes random_bytes(std::size_t n, Random& random) {
    Bytes bytes;
    while (bytes.size() < n) bytes.push_back(static_cast<std::byte>(random.below(256)));
    return bytes;
}

inline void append(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

struct FoundFrames {
    std::vector<Bytes> frames;
    std::uint64_t used = 0, skipped = 0, waiting = 0;
};

/// @param piece  gives the size of the next piece
template <class Match, class Piece>
FoundFrames find_frames(const Bytes& bytes, std::size_t n_bytes_max, Match match, Piece piece) {
    FrameFinder finder{n_bytes_max};
    FoundFrames found;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t n = std::min<std::size_t>(piece(), bytes.size() - at);
        finder.feed(std::span{bytes}.subspan(at, n), match,
                    [&](std::span<const std::byte> frame) { found.frames.emplace_back(frame.begin(), frame.end()); });
        at += n;
    }
    found.used = finder.used();
    found.skipped = finder.skipped();
    found.waiting = finder.waiting();
    return found;
}

template <class Match>
FoundFrames find_frames(const Bytes& bytes, std::size_t n_bytes_max, Match match) {
    return find_frames(bytes, n_bytes_max, match, [&] { return bytes.size(); });
}

/// @param good  frames as the device sends them, one after another
template <class Match>
void expect_a_sound_decoder(const std::vector<Bytes>& good, std::size_t n_bytes_max, Match match) {
    Random random{42};
    for (int trial = 0; trial < 200; ++trial) {
        // Garbage of any length in front of twenty good frames and in their middle.
        Bytes stream = random_bytes(random.below(100), random);
        const std::size_t n_front = stream.size();
        for (std::size_t i = 0; i < 20; ++i) {
            if (i == 10) append(stream, random_bytes(random.below(100), random));
            append(stream, good[i % good.size()]);
        }
        const FoundFrames whole = find_frames(stream, n_bytes_max, match);
        EXPECT_EQ(whole.used + whole.skipped + whole.waiting, stream.size());
        // At most two good frames are lost to each stretch of garbage, and one more waits at the end.
        EXPECT_GE(whole.frames.size(), 15u) << "trial " << trial << ", garbage in front: " << n_front;

        for (const std::size_t most : {1u, 7u, 50u}) {
            const FoundFrames cut = find_frames(stream, n_bytes_max, match, [&] { return 1 + random.below(most); });
            EXPECT_EQ(cut.frames, whole.frames) << "trial " << trial;
            EXPECT_EQ(cut.skipped, whole.skipped);
        }
    }
}

}  // namespace tonus::test
