#include "engine/formats/even_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr double kStretchS = 0.1;

class EvenReader final : public RecordingReader {
public:
    explicit EvenReader(EvenRecording recording) : recording_(std::move(recording)), infos_(infos_of(recording_.streams)), next_(infos_.size()) {
        double duration_s = 0.0;
        for (std::size_t s = 0; s < infos_.size(); ++s) {
            duration_s = std::max(duration_s, infos_[s].rate.time_s(recording_.n_frames[s]));
            n_left_ += recording_.n_frames[s];
        }
        n_all_ = n_left_;
        recording_.facts.duration_s = duration_s;
        recording_.holes.resize(infos_.size());
        next_hole_.resize(infos_.size());
        for (std::size_t s = 0; s < infos_.size(); ++s) skip_holes(s);
    }

    std::span<const StreamInfo> streams() const noexcept override { return infos_; }
    const RecordingFacts& facts() const noexcept override { return recording_.facts; }
    std::string_view trouble() const noexcept override { return n_left_ == 0 ? std::string_view{recording_.trouble} : std::string_view{}; }
    double progress() const noexcept override {
        return n_left_ == 0 ? 1.0 : 1.0 - static_cast<double>(n_left_) / static_cast<double>(n_all_);
    }

    bool next(FrameSink& sink) noexcept override {
        if (n_left_ == 0) return false;
        try {
            const std::size_t s = first_to_end();
            const std::uint64_t n = stretch_frames(s);
            frames_.begin(infos_[s].type, infos_[s].channels.size());
            recording_.source->fetch(recording_.streams[s], next_[s], n, frames_);
            sink.push(s, next_[s], frames_.frames(stamp_ns(infos_[s].rate, next_[s] + n - 1)));
            next_[s] += n;
            n_left_ -= n;
            skip_holes(s);
            return true;
        } catch (const std::exception& error) {
            recording_.trouble = error.what();
            n_left_ = 0;
            return false;
        }
    }

private:
    std::uint64_t stretch_frames(std::size_t s) const {
        const std::uint64_t n_room = std::max<std::uint64_t>(1, limits::kStretchValues / infos_[s].channels.size());
        const std::uint64_t n_most = std::clamp<std::uint64_t>(infos_[s].rate.frames_in(kStretchS), 1, n_room);
        const std::vector<Hole>& holes = recording_.holes[s];
        const std::uint64_t end = next_hole_[s] < holes.size() ? holes[next_hole_[s]].first : recording_.n_frames[s];
        return std::min(n_most, end - next_[s]);
    }

    void skip_holes(std::size_t s) {
        const std::vector<Hole>& holes = recording_.holes[s];
        for (; next_hole_[s] < holes.size() && holes[next_hole_[s]].first == next_[s]; ++next_hole_[s]) {
            next_[s] += holes[next_hole_[s]].n_frames;
            n_left_ -= holes[next_hole_[s]].n_frames;
        }
    }

    /// The stream whose next stretch is over first, so that stamps never run backwards.
    std::size_t first_to_end() const {
        std::size_t first = 0;
        std::int64_t least_ns = -1;
        for (std::size_t s = 0; s < infos_.size(); ++s) {
            if (next_[s] == recording_.n_frames[s]) continue;
            const std::int64_t end_ns = stamp_ns(infos_[s].rate, next_[s] + stretch_frames(s) - 1);
            if (least_ns >= 0 && end_ns >= least_ns) continue;
            first = s;
            least_ns = end_ns;
        }
        return first;
    }

    EvenRecording recording_;
    std::vector<StreamInfo> infos_;
    std::vector<std::uint64_t> next_;
    std::vector<std::size_t> next_hole_;
    FrameBuffer frames_;
    std::uint64_t n_left_ = 0;
    std::uint64_t n_all_ = 0;
};

}  // namespace

std::unique_ptr<RecordingReader> read_evenly(EvenRecording recording) {
    return std::make_unique<EvenReader>(std::move(recording));
}

std::string truncated(std::uint64_t n_stated, std::uint64_t n_there, std::uint64_t file_bytes) {
    return fmt::format("truncated: the header says {} frames, the file of {} bytes holds {}; those were read", n_stated, file_bytes, n_there);
}

}  // namespace tonus::formats
