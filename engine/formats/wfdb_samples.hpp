#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/formats/byte_window.hpp"
#include "engine/formats/wfdb_header.hpp"

namespace tonus::formats {

/// The signal files of one record without segments.
class WfdbSamples {
public:
    /// Opens them. Throws Error (input) for one that is missing, or whose signals differ in format.
    WfdbSamples(Files& files, const std::string& header_path, WfdbHeader header);

    /// Frames that all files hold.
    std::uint64_t n_frames() const noexcept { return n_frames_; }

    /// A digital value by its number in its signal; NaN where the file says it is invalid or has none.
    /// Differences (format 8) are summed up on the way, so going back costs.
    double value(std::size_t signal, std::uint64_t index);

    const WfdbHeader& header() const noexcept { return header_; }

private:
    struct SignalFile {
        std::unique_ptr<InputFile> file;
        ByteWindow bytes;
        int format;
        std::uint64_t offset;
        std::uint64_t n_per_frame = 0;  ///< samples of all its signals
    };
    struct Place {
        std::size_t file = 0;
        std::uint64_t first = 0;  ///< in the frame
        double sum = 0.0;         ///< format 8: the value before sample `next`
        std::uint64_t next = 0;
    };
    double sample(SignalFile& file, std::uint64_t n);

    WfdbHeader header_;
    std::vector<SignalFile> files_;
    std::vector<Place> places_;
    std::uint64_t n_frames_ = 0;
};

}  // namespace tonus::formats
