#include "engine/formats/otb.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/byte_window.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/inflate.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/memory_file.hpp"
#include "engine/formats/otb_tracks.hpp"
#include "engine/formats/tar_archive.hpp"

namespace tonus::formats {
namespace {

bool begins_with(std::string_view text, std::string_view begin) { return text.substr(0, begin.size()) == begin; }

bool ends_with(std::string_view text, std::string_view end) { return text.size() >= end.size() && text.substr(text.size() - end.size()) == end; }

/// Tracks of one file and rate are sampled together.
struct Group {
    TarMember member = {};
    std::size_t sample_bytes = 2;
    std::size_t n_total = 0;
    std::vector<std::size_t> channels = {};  ///< of the signals, in a step
    std::uint64_t step_bytes() const noexcept { return sample_bytes * n_total; }
};

class OtbFrames final : public FrameSource {
public:
    OtbFrames(std::unique_ptr<InputFile> file, std::vector<Group> groups) : file_(std::move(file)), groups_(std::move(groups)) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        const Group& group = groups_[stream.group];
        const auto n_step = static_cast<std::size_t>(group.step_bytes());
        for (std::uint64_t i = first; i < first + n_frames; ++i) {
            const ByteView step = bytes_.at(group.member.at + i * n_step, n_step);
            if (step.size() != n_step) throw input_error("truncated: the file was shortened while it was read");
            for (const std::size_t signal : stream.signals) into.add(value(step, group.channels[signal] * group.sample_bytes, group.sample_bytes));
        }
    }

private:
    static double value(const ByteView& step, std::size_t at, std::size_t n_bytes) {
        switch (n_bytes) {
            case 2: return *step.i16(at);
            case 3: return *step.i24(at);
            case 4: return *step.i32(at);
            default: return *step.f64(at);
        }
    }

    std::unique_ptr<InputFile> file_;
    std::vector<Group> groups_;
    ByteWindow bytes_{*file_};
};

/// The archive itself, inflated where it is compressed.
std::unique_ptr<InputFile> plain_archive(RecordingFile recording) {
    std::array<std::byte, 4> head{};
    recording.file->read_at(0, head);
    const ByteView view{head};
    if (view.text(0, 2) == "PK") throw input_error(recording.path + ": is a zip archive, as OT BioLab once wrote; open and save it again with OT BioLab+");
    if (view.text(0, 2) != "\x1f\x8b") return std::move(recording.file);
    std::vector<std::byte> plain = inflated(*recording.file, 0, recording.file->size(), limits::kInflatedBytes);
    if (plain.empty()) {
        throw input_error(fmt::format("{}: cannot be inflated: it is damaged, or larger than {} MiB; unpack it with gunzip and name what comes out NAME.otb+",
                                      recording.path, limits::kInflatedBytes >> 20));
    }
    return std::make_unique<MemoryFile>(std::move(plain));
}

/// A text of the archive. Throws Error (input) for one beyond limits::kXmlBytes.
std::string xml_of(InputFile& file, const TarMember& member, const std::string& path) {
    if (member.n_bytes > limits::kXmlBytes) throw input_error(fmt::format("{}: byte {}: {} has {} bytes, more than any list of channels", path, member.at, member.name, member.n_bytes));
    std::string text(static_cast<std::size_t>(member.n_bytes), '\0');
    text.resize(file.read_at(member.at, std::as_writable_bytes(std::span{text})));
    return text;
}

/// An archive on its way into a reader.
class Assembly {
public:
    explicit Assembly(RecordingFile recording) : path_(recording.path), file_(plain_archive(std::move(recording))), archive_(list_tar(*file_)), trouble_(archive_.trouble) {
        const auto is_list = [](const TarMember& member) { return (begins_with(member.name, "Tracks_") || begins_with(member.name, "TrapezoidalTracks_")) && ends_with(member.name, ".xml"); };
        otb4_ = std::any_of(archive_.members.begin(), archive_.members.end(), is_list);
        for (const TarMember& member : archive_.members) {
            if (begins_with(member.name, "marker") && ends_with(member.name, ".xml")) take_markers(xml_of(*file_, member, path_));
            else if (otb4_ && is_list(member)) add_otb4(xml_of(*file_, member, path_), path_, tracks_);
            else if (!otb4_ && ends_with(member.name, ".sig")) take_plus(member);
        }
        if (tracks_.tracks.empty()) {
            throw input_error(fmt::format("{}: a tar archive without a Tracks_*.xml or a *.sig with its XML{}; if it holds recordings, unpack it and name one",
                                          path_, trouble_.empty() ? "" : " (" + trouble_ + ")"));
        }
    }

    std::unique_ptr<RecordingReader> reader(const ReadOptions& options) {
        EvenRecording even{.facts = {.format = otb4_ ? "OTB4" : "OTB+", .start = tracks_.start, .annotations = markers_, .notes = tracks_.notes}};
        std::vector<SignalGroup> signals;
        std::vector<Group> groups;
        for (const OtbTrack& track : tracks_.tracks) {
            const std::size_t g = group_of(track, groups, signals);
            for (std::size_t i = 0; i < track.signals.size(); ++i) {
                groups[g].channels.push_back(track.first + i);
                signals[g].signals.push_back(track.signals[i]);
            }
        }
        for (const SignalGroup& group : signals) refuse_other_rate(options, group.rate, path_);
        even.streams = plan_streams(std::move(signals), options, path_, even.facts.notes);
        for (const PlannedStream& stream : even.streams) even.n_frames.push_back(n_frames(groups[stream.group]));
        even.trouble = trouble_;
        even.source = std::make_unique<OtbFrames>(std::move(file_), std::move(groups));
        return read_evenly(std::move(even));
    }

private:
    void take_plus(const TarMember& sig) {
        const std::string name = sig.name.substr(0, sig.name.size() - 4) + ".xml";
        const TarMember* const xml = archive_.find(name);
        if (xml == nullptr) throw input_error(fmt::format("{}: {} is in the archive, but not the {} that says what it is{}", path_, sig.name, name, trouble_.empty() ? "" : " (" + trouble_ + ")"));
        add_otb_plus(xml_of(*file_, *xml, path_), sig.name, path_, tracks_);
    }

    /// A marker may stand in several files.
    void take_markers(const std::string& xml) {
        for (RecordingNote& marker : otb_markers(xml)) markers_.push_back(std::move(marker));
        const auto key = [](const RecordingNote& note) { return std::tie(note.onset_s, note.text); };
        std::sort(markers_.begin(), markers_.end(), [&](const RecordingNote& a, const RecordingNote& b) { return key(a) < key(b); });
        markers_.erase(std::unique(markers_.begin(), markers_.end(), [&](const RecordingNote& a, const RecordingNote& b) { return key(a) == key(b); }), markers_.end());
        markers_.resize(std::min(markers_.size(), limits::kAnnotations));
    }

    std::size_t group_of(const OtbTrack& track, std::vector<Group>& groups, std::vector<SignalGroup>& signals) {
        const bool possible = track.first + track.signals.size() <= track.n_total && (track.sample_bytes == 2 || track.sample_bytes == 3 || track.sample_bytes == 4 || track.sample_bytes == 8);
        if (!possible) throw input_error(fmt::format("{}: channels {} to {} of {}, {} bytes each, cannot be in {}", path_, track.first + 1, track.first + track.signals.size(), track.n_total, track.sample_bytes, track.stream));
        const TarMember* const member = archive_.find(track.stream);
        if (member == nullptr) throw input_error(fmt::format("{}: {} is not in the archive{}", path_, track.stream, trouble_.empty() ? "" : " (" + trouble_ + ")"));
        for (std::size_t g = 0; g < groups.size(); ++g) {
            if (groups[g].member.at == member->at && groups[g].sample_bytes == track.sample_bytes && groups[g].n_total == track.n_total && signals[g].rate == track.rate) return g;
        }
        if (groups.size() == limits::kStreams) throw input_error(fmt::format("{}: more than {} files and rates", path_, limits::kStreams));
        groups.push_back({.member = *member, .sample_bytes = track.sample_bytes, .n_total = track.n_total});
        signals.push_back({.rate = track.rate, .type = track.sample_bytes == 8 ? SampleType::float64 : SampleType::int32});
        return groups.size() - 1;
    }

    std::uint64_t n_frames(const Group& group) {
        const std::uint64_t n = group.member.n_bytes / group.step_bytes();
        if (n * group.step_bytes() != group.member.n_bytes && trouble_.empty()) {
            trouble_ = fmt::format("truncated: {} ends within step {}; everything before it was read", group.member.name, n);
        }
        return n;
    }

    std::string path_;
    std::unique_ptr<InputFile> file_;
    TarArchive archive_;
    std::string trouble_;
    OtbTracks tracks_;
    std::vector<RecordingNote> markers_;
    bool otb4_ = false;
};

bool recognises(ByteView head) {
    const std::optional<TarMember> first = tar_head(head.part(0, 512));
    if (!first) return false;
    const std::string name = lower(first->name);
    return ends_with(name, ".sig") || ends_with(name, ".sip") || ends_with(name, ".xml") || ends_with(name, ".pro");
}

std::unique_ptr<RecordingReader> open_otb(RecordingFile recording, const ReadOptions& options) { return Assembly{std::move(recording)}.reader(options); }

}  // namespace

const RecordingFormat otb_format{.name = "OT BioLab", .extensions = ".otb+ .otb4 .otb", .recognises = &recognises, .open = &open_otb};

}  // namespace tonus::formats
