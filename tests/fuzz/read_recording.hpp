#pragma once

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus::fuzz {

inline void demand(bool holds) {
    if (!holds) std::abort();
}

/// Holds a reader to what it promises of every push.
class PromiseSink final : public FrameSink {
public:
    explicit PromiseSink(std::span<const StreamInfo> infos) : infos_(infos), next_index_(infos.size()) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        demand(stream < infos_.size());
        demand(frames.type == infos_[stream].type);
        demand(frames.n_channels == infos_[stream].channels.size());
        demand(frames.n_frames > 0);
        demand(frames.arrival_ns >= last_ns_);
        demand(first_index >= next_index_[stream]);
        last_ns_ = frames.arrival_ns;
        next_index_[stream] = first_index + frames.n_frames;
        n_values += frames.n_frames * frames.n_channels;
        double sum = 0.0;  // every value is looked at, so that the sanitizer sees each byte
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            for (std::size_t c = 0; c < frames.n_channels; ++c) sum += frames.at(f, c);
        }
        checked_ += sum > 0.0 ? 1u : 0u;
    }

    std::uint64_t n_values = 0;

private:
    std::span<const StreamInfo> infos_;
    std::vector<std::uint64_t> next_index_;
    std::int64_t last_ns_ = -1;
    std::uint64_t checked_ = 0;
};

/// Opens a recording by what it says itself; with a rate only where it says none, because one against the
/// file's is refused before anything is read.
inline std::unique_ptr<RecordingReader> open_as_it_says(SimFiles& files, const std::string& path, ReadOptions options) {
    try {
        return open_recording(files, path, options);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
    }
    options.rate = Rate{1000, 1};
    return open_recording(files, path, options);
}

/// Reads the files at `path` as a recording: it is read, or refused with an Error that names it, and never
/// gives more values than its bytes can hold.
inline void read_recording(SimFiles& files, const std::string& path, std::size_t n_bytes, const ReadOptions& options = {}) {
    try {
        const std::unique_ptr<RecordingReader> reader = open_as_it_says(files, path, options);
        for (const StreamInfo& info : reader->streams()) {
            demand(!info.channels.empty() && info.rate.num > 0 && info.rate.den > 0);
        }
        PromiseSink sink{reader->streams()};
        while (reader->next(sink)) demand(reader->progress() >= 0.0 && reader->progress() <= 1.0);
        demand(reader->progress() == 1.0);
        demand(sink.n_values <= 8 * n_bytes + 8);  // a bit is the least that any format has
    } catch (const Error& error) {
        const std::string message = error.what();
        // A rate in the options that a file contradicts is usage; everything else is the file's.
        demand(error.kind() != ErrorKind::failed);
        demand(message.find("input") != std::string::npos);
    }
}

inline int read_bytes(const std::string& extension, const std::uint8_t* data, std::size_t size, const ReadOptions& options = {}) {
    SimFiles files;
    const std::string path = "input" + extension;
    files.put(path, std::as_bytes(std::span<const std::uint8_t>{data, size}));
    read_recording(files, path, size, options);
    return 0;
}

}  // namespace tonus::fuzz
