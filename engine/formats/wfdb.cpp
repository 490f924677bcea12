#include "engine/formats/wfdb.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/wfdb_annotations.hpp"
#include "engine/formats/wfdb_samples.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kSegments = 65'536;

/// A segment that is there, and where its frames stand in the record.
struct Part {
    std::string path;
    std::uint64_t first = 0;
    std::uint64_t n_frames = 0;
};

Signal signal_of(const WfdbSignal& from) {
    Signal signal;
    signal.info.label = from.label;
    signal.kind = kind_of_label(from.label);
    signal.info.scale = 1.0 / from.gain;
    signal.info.offset = -from.baseline / from.gain;
    if (from.n_bits > 1 && from.n_bits <= 32) {
        const double half = std::ldexp(1.0, from.n_bits - 1);
        signal.info.raw_min = from.zero - half;
        signal.info.raw_max = from.zero + half - 1.0;
    }
    if (from.calibrated) set_unit(signal, from.unit);
    return signal;
}

bool same_layout(const WfdbHeader& a, const WfdbHeader& b) {
    return a.signals.size() == b.signals.size() && a.rate == b.rate &&
           std::equal(a.signals.begin(), a.signals.end(), b.signals.begin(), [](const WfdbSignal& x, const WfdbSignal& y) {
               return x.label == y.label && x.gain == y.gain && x.baseline == y.baseline && x.n_per_frame == y.n_per_frame && x.unit == y.unit;
           });
}

class WfdbFrames final : public FrameSource {
public:
    WfdbFrames(Files& files, std::vector<Part> parts, std::vector<std::vector<std::size_t>> origins, std::vector<std::uint64_t> n_per_frame)
        : files_(&files), parts_(std::move(parts)), origins_(std::move(origins)), n_per_frame_(std::move(n_per_frame)) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        const std::uint64_t n_per = n_per_frame_[stream.group];
        for (std::uint64_t i = first; i < first + n_frames; ++i) {
            const auto part = std::upper_bound(parts_.begin(), parts_.end(), i / n_per, [](std::uint64_t frame, const Part& p) { return frame < p.first + p.n_frames; });
            WfdbSamples& samples = samples_of(*part);
            for (const std::size_t signal : stream.signals) into.add(samples.value(origins_[stream.group][signal], i - part->first * n_per));
        }
    }

private:
    /// Streams of different rates are a stretch apart at most, so two parts at a time are enough.
    WfdbSamples& samples_of(const Part& part) {
        for (auto& [path, samples] : open_) {
            if (path == part.path) return *samples;
        }
        if (open_.size() == 2) open_.erase(open_.begin());
        RecordingFile recording{files_->open(part.path), part.path, files_};
        open_.emplace_back(part.path, std::make_unique<WfdbSamples>(*files_, part.path, read_wfdb_header(recording)));
        return *open_.back().second;
    }

    Files* files_;
    std::vector<Part> parts_;
    std::vector<std::vector<std::size_t>> origins_;  ///< per group, the signals of the header
    std::vector<std::uint64_t> n_per_frame_;         ///< per group
    std::vector<std::pair<std::string, std::unique_ptr<WfdbSamples>>> open_;
};

/// A record put together from its header or from the headers of its segments.
class Assembly {
public:
    Assembly(const RecordingFile& recording, WfdbHeader header) : path_(recording.path), files_(recording.files), header_(std::move(header)) {
        if (header_.segments.empty()) add_samples(header_, path_, 0);
        else add_segments();
    }

    std::unique_ptr<RecordingReader> reader(const ReadOptions& options) {
        EvenRecording even{.facts = {.format = "WFDB", .start = header_.start}, .trouble = trouble_};
        std::vector<SignalGroup> groups;
        std::vector<std::vector<std::size_t>> origins;
        std::vector<std::uint64_t> n_per_frame;
        for (std::size_t i = 0; i < layout_.signals.size(); ++i) {
            const WfdbSignal& signal = layout_.signals[i];
            auto at = static_cast<std::size_t>(std::find(n_per_frame.begin(), n_per_frame.end(), signal.n_per_frame) - n_per_frame.begin());
            if (layout_.rate.hz() * static_cast<double>(signal.n_per_frame) > 1e6) {
                throw input_error(fmt::format("{}: signal '{}' has {} samples per frame, more than a million a second", path_, signal.label, signal.n_per_frame));
            }
            if (at == n_per_frame.size()) {
                n_per_frame.push_back(signal.n_per_frame);
                origins.emplace_back();
                groups.push_back({.rate = rate_from_hz(layout_.rate.hz() * static_cast<double>(signal.n_per_frame)), .type = SampleType::float64});
            }
            groups[at].signals.push_back(signal_of(signal));
            origins[at].push_back(i);
            if (!signal.calibrated) add_note(even.facts.notes, fmt::format("'{}' has no gain; its numbers are counts", signal.label));
        }
        refuse_other_rate(options, groups[0].rate, path_);
        even.streams = plan_streams(std::move(groups), options, path_, even.facts.notes);
        for (const PlannedStream& stream : even.streams) {
            const std::uint64_t n = n_per_frame[stream.group];
            even.n_frames.push_back(n_frames_ * n);
            even.holes.emplace_back();
            for (const Hole& hole : holes_) even.holes.back().push_back({hole.first * n, hole.n_frames * n});
        }
        take_annotations(even.facts);
        even.source = std::make_unique<WfdbFrames>(*files_, std::move(parts_), std::move(origins), std::move(n_per_frame));
        return read_evenly(std::move(even));
    }

private:
    /// Those beside the header, under the name that is kept for a record's own.
    void take_annotations(RecordingFacts& facts) const {
        const std::string path = path_.substr(0, path_.find_last_of('.')) + ".atr";
        if (!files_->exists(path)) return;
        const std::unique_ptr<InputFile> file = files_->open(path);
        facts.annotations = read_wfdb_annotations(*file, header_.rate, file_name(path), facts.notes);
    }

    /// Adds a record that has samples of its own; `n_stated` frames, or as its header says when 0.
    void add_samples(const WfdbHeader& header, const std::string& path, std::uint64_t n_stated) {
        if (header.signals.empty()) throw input_error(fmt::format("{}: has no signals", path));
        if (n_stated == 0) n_stated = header.n_frames;
        const std::uint64_t n_there = WfdbSamples{*files_, path, header}.n_frames();
        const std::uint64_t n = n_stated == 0 ? n_there : std::min(n_there, n_stated);
        if (parts_.empty()) layout_ = header;
        else if (!same_layout(layout_, header)) throw input_error(fmt::format("{}: its signals are not those of the segments before; open the segments one by one", path));
        if (n > 0) parts_.push_back({path, n_frames_, n});
        n_frames_ += n;
        if (n == n_stated || n_stated == 0) return;
        if (trouble_.empty()) trouble_ = fmt::format("truncated: {} says {} frames, its files hold {}; those were read", file_name(path), n_stated, n_there);
        add_hole(n_stated - n);
    }

    void add_hole(std::uint64_t n) {
        if (header_.segments.empty()) return;
        if (layout_n_s(n_frames_ + n) > limits::kEndS) throw input_error(fmt::format("{}: its segments would last decades", path_));
        holes_.push_back({n_frames_, n});
        n_frames_ += n;
    }

    double layout_n_s(std::uint64_t n) const { return header_.rate.time_s(n); }

    void add_segments() {
        if (header_.segments.size() > kSegments) throw input_error(fmt::format("{}: has more than {} segments", path_, kSegments));
        const std::string folder = path_.substr(0, path_.size() - file_name(path_).size());
        for (const WfdbSegment& segment : header_.segments) {
            if (segment.name == "~") {
                add_hole(std::min<std::uint64_t>(segment.n_frames, std::uint64_t{1} << 50));
                continue;
            }
            const std::string path = folder + segment.name + ".hea";
            if (segment.n_frames == 0) throw input_error(fmt::format("{}: segment {} has a layout and no samples: a record whose signals change; open its segments one by one", path_, segment.name));
            if (segment.name.find('/') != std::string::npos) throw input_error(fmt::format("{}: segment '{}' is no record beside the header", path_, segment.name));
            if (!files_->exists(path)) throw input_error(fmt::format("{}: segment '{}' is not beside the header", path_, clean_text(segment.name, limits::kLabelBytes)));
            RecordingFile recording{files_->open(path), path, files_};
            const WfdbHeader header = read_wfdb_header(recording);
            if (!header.segments.empty()) throw input_error(fmt::format("{}: a segment has segments itself", path));
            add_samples(header, path, segment.n_frames);
        }
        if (parts_.empty()) throw input_error(fmt::format("{}: all its segments are missing", path_));
    }

    std::string path_;
    Files* files_;
    WfdbHeader header_;
    WfdbHeader layout_;
    std::vector<Part> parts_;
    std::vector<Hole> holes_;
    std::string trouble_;
    std::uint64_t n_frames_ = 0;
};

bool recognises(ByteView head) { return is_wfdb_header(head.text()); }

std::unique_ptr<RecordingReader> open_wfdb(RecordingFile recording, const ReadOptions& options) {
    WfdbHeader header = read_wfdb_header(recording);
    return Assembly{recording, std::move(header)}.reader(options);
}

}  // namespace

const RecordingFormat wfdb_format{.name = "WFDB", .extensions = ".hea", .recognises = &recognises, .open = &open_wfdb};

}  // namespace tonus::formats
