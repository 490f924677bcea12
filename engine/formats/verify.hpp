#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/xdf_vouched.hpp"

namespace tonus {

/// What a recording of Tonus proves of itself.
struct Verification {
    struct Stream {
        std::string name = {};
        std::uint64_t n_found = 0;     ///< frames in blocks whose bytes are proved, counted one by one
        std::uint64_t n_unproved = 0;  ///< frames in blocks between those, by the accounts around them
        std::uint64_t n_emitted = 0;   ///< frames the device sampled
        std::array<std::uint64_t, kGapCauses> lost = {};  ///< by cause: the ledger
        std::uint64_t n_ignored = 0;   ///< came again or with an impossible number

        std::uint64_t n_lost() const noexcept;
        /// found + unproved + lost = emitted, to the frame.
        bool adds_up() const noexcept { return n_found + n_unproved + n_lost() == n_emitted; }
    };
    /// Bytes without a good checksum, and the frames they cost of each stream. Behind the last proof nobody knows.
    struct Damage {
        formats::ByteRange bytes = {};
        std::vector<std::uint64_t> n_frames = {};  ///< per stream
        bool at_end = false;
    };

    std::uint64_t n_bytes = 0;
    std::uint64_t n_bytes_proved = 0;
    std::uint64_t n_blocks = 0;
    bool closed = false;          ///< it ended in good order
    double until_s = 0.0;         ///< session time of the newest frame that is proved
    std::vector<Stream> streams = {};
    std::vector<Damage> damages = {};

    /// Nothing is cut, damaged or unaccounted for. What the devices lost is no flaw of the file.
    bool whole() const noexcept;
};

/// Proves a recording, byte by byte and frame by frame.
/// Throws Error (input) for a file that cannot be read or holds no proofs.
Verification verify_recording(Files& files, const std::string& path);

}  // namespace tonus
