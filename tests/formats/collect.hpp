#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/formats/recording_reader.hpp"
#include "tests/core/bytes.hpp"

namespace tonus::test {

/// Keeps every frame of a recording, and checks on the way what each reader promises of its pushes.
class CollectFrames final : public FrameSink {
public:
    struct Stream {
        std::vector<double> samples;         ///< raw, interleaved
        std::vector<std::uint64_t> index;    ///< per frame
        std::vector<std::int64_t> arrival_ns;  ///< per push

        std::size_t n_frames() const { return index.size(); }
    };

    explicit CollectFrames(std::span<const StreamInfo> infos) : infos_(infos), streams_(infos.size()) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        ASSERT_LT(stream, streams_.size());
        Stream& into = streams_[stream];
        EXPECT_EQ(frames.type, infos_[stream].type);
        EXPECT_EQ(frames.n_channels, infos_[stream].channels.size());
        EXPECT_GT(frames.n_frames, 0u);
        EXPECT_GE(frames.arrival_ns, last_ns_) << "stamps run backwards at frame " << first_index;
        EXPECT_TRUE(into.index.empty() || first_index > into.index.back()) << "frame " << first_index << " comes twice";
        last_ns_ = frames.arrival_ns;
        into.arrival_ns.push_back(frames.arrival_ns);
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            into.index.push_back(first_index + f);
            for (std::size_t c = 0; c < frames.n_channels; ++c) into.samples.push_back(frames.at(f, c));
        }
    }

    const std::vector<Stream>& streams() const { return streams_; }

private:
    std::span<const StreamInfo> infos_;
    std::vector<Stream> streams_;
    std::int64_t last_ns_ = -1;
};

/// A recording read to its end.
struct Recording {
    std::vector<StreamInfo> infos;
    std::vector<CollectFrames::Stream> streams;
    RecordingFacts facts;
    std::string trouble;

    std::size_t n_frames() const {
        std::size_t n = 0;
        for (const CollectFrames::Stream& stream : streams) n += stream.n_frames();
        return n;
    }
    std::vector<double> channel(std::size_t stream, std::size_t channel) const {
        std::vector<double> values;
        const std::size_t n = infos.at(stream).channels.size();
        for (std::size_t i = channel; i < streams.at(stream).samples.size(); i += n) values.push_back(streams[stream].samples[i]);
        return values;
    }
    std::vector<std::string> labels(std::size_t stream) const {
        std::vector<std::string> labels;
        for (const ChannelInfo& info : infos.at(stream).channels) labels.push_back(info.label);
        return labels;
    }
    std::string notes() const {
        std::string text;
        for (const std::string& note : facts.notes) text += note + "\n";
        return text;
    }
};

inline Recording read_all(Files& files, const std::string& path, const ReadOptions& options = {}) {
    const std::unique_ptr<RecordingReader> reader = open_recording(files, path, options);
    CollectFrames frames{reader->streams()};
    double progress = 0.0;
    while (reader->next(frames)) {
        EXPECT_GE(reader->progress(), progress);
        progress = reader->progress();
    }
    EXPECT_EQ(reader->progress(), 1.0);
    EXPECT_FALSE(reader->next(frames)) << "the end is the end";
    return {{reader->streams().begin(), reader->streams().end()}, frames.streams(), reader->facts(), std::string{reader->trouble()}};
}

/// Reads bytes as if they were a file.
inline Recording read_bytes(const std::string& path, std::string_view bytes, const ReadOptions& options = {}) {
    SimFiles files;
    files.put(path, as_bytes(bytes));
    return read_all(files, path, options);
}

/// Expects an Error of a kind whose message names the file and says each of `parts`.
inline void expect_error(ErrorKind kind, const std::vector<std::string>& parts, const std::function<void()>& act) {
    try {
        act();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        const std::string message = error.what();
        EXPECT_EQ(error.kind(), kind) << message;
        for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
    }
}

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace tonus::test
