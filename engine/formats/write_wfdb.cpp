#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/new_file.hpp"
#include "engine/formats/record_assembly.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint64_t kBlockFrames = 1000;     // written at a time
constexpr std::int16_t kInvalid = -32'768;
constexpr double kDigitalMax = 32'767.0;
constexpr double kLostMaxS = 3600.0;             // beyond what is there: a loss takes room in this format

/// digital = value * gain + baseline.
struct WfdbScaling {
    double gain = 1.0;
    double baseline = 0.0;
    double error = 0.0;  ///< in the channel's unit

    WfdbScaling(const ChannelInfo& info, const ChannelRange& range) {
        const double zero = info.scale > 0.0 ? -info.offset / info.scale : 0.5;
        const bool fit = range.any && range.whole && std::abs(range.raw_least) <= kDigitalMax && std::abs(range.raw_most) <= kDigitalMax &&
                         info.scale > 0.0 && std::abs(zero - std::rint(zero)) < 0.05 && std::abs(zero) < 1e9;
        if (fit) {
            gain = 1.0 / info.scale;
            baseline = std::rint(zero);
            error = std::abs(zero - baseline) * info.scale < 1e-9 * info.scale ? 0.0 : std::abs(zero - baseline) * info.scale;
            return;
        }
        const double span = range.any ? range.most - range.least : 0.0;
        gain = 2.0 * (kDigitalMax - 1.0) / (span > 0.0 ? span : 1.0);
        baseline = -std::rint(0.5 * (range.least + range.most) * gain);
        if (std::abs(baseline) > 2e9) throw usage_error(fmt::format("channel '{}' has an offset of {:g} times its range, which WFDB cannot hold; write XDF", info.label, std::abs(baseline) / 65'536.0));
        error = 0.5 / gain;
    }

    std::int16_t digital(double value) const noexcept {
        if (!std::isfinite(value)) return kInvalid;
        return static_cast<std::int16_t>(std::clamp(std::rint(value * gain + baseline), -kDigitalMax, kDigitalMax));
    }
};

/// One remark in the MIT format: a leap in time, NOTE, and the text beside it.
std::string annotation(std::uint64_t frames_since, std::string text) {
    const auto word = [](std::uint64_t value) { return std::string{static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)}; };
    constexpr unsigned kSkip = 59, kNote = 22, kAux = 63;
    text.resize(std::min<std::size_t>(text.size(), 255));
    const std::uint64_t n = std::min<std::uint64_t>(frames_since, 0x7fffffff);
    std::string bytes = word(kSkip << 10) + word(n >> 16) + word(n & 0xffff) + word(kNote << 10) + word(kAux << 10 | text.size()) + text;
    if (text.size() % 2 != 0) bytes += '\0';
    return bytes;
}

class WfdbWriter final : public RecordingWriter {
public:
    WfdbWriter(Files& files, const std::string& path, const RecordingContent& content)
        : content_(content), stem_(path.substr(0, path.size() - 4)), name_(file_name(stem_)), header_(files, path), data_(files, stem_ + ".dat"), annotations_(files, stem_ + ".atr") {
        if (name_.empty() || plain_name(name_) != name_) throw usage_error(fmt::format("{}: a WFDB record is named by letters, digits and underscores", path));
        paths_ = {path, stem_ + ".dat", stem_ + ".atr"};
        plan_frames(path);
        blocks_ = RecordAssembly{empty_block(), lanes_.size()};
        for (std::size_t s = 0; s < lanes_.size(); ++s) tell_done(s, 0);
        tell_losses();
    }

    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        const Lane& lane = lanes_[s];
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            const std::uint64_t index = first_index + lane.shift + f, frame = index / lane.n_per_frame;
            std::string& block = blocks_.record(frame / kBlockFrames);
            for (std::size_t c = 0; c < frames.n_channels; ++c) {
                const ChannelInfo& info = content_.streams[s].info.channels[c];
                const std::int16_t value = lane.scalings[c].digital(frames.at(f, c) * info.scale + info.offset);
                const std::size_t at = (frame % kBlockFrames * n_frame_samples_ + lane.first + c * lane.n_per_frame + index % lane.n_per_frame) * 2;
                block[at] = static_cast<char>(value & 0xff);
                block[at + 1] = static_cast<char>(value >> 8 & 0xff);
            }
        }
        tell_done(s, first_index + frames.n_frames);
        write_finished();
    }

    void close() override {
        write_finished();
        std::uint64_t before = 0;
        for (const RecordingNote& note : content_.annotations) {
            const auto frame = static_cast<std::uint64_t>(std::max(0.0, note.onset_s) * rate_.hz() + 0.5);
            annotations_.write(annotation(frame - std::min(frame, before), note.text));
            before = std::max(frame, before);
        }
        annotations_.write(std::string_view{"\0\0", 2});
        write_header();
        data_.commit();
        annotations_.commit();
        header_.commit();
    }

private:
    struct Lane {
        std::uint64_t n_per_frame = 1;
        std::uint64_t shift = 0;
        std::size_t first = 0;  ///< of its samples in a frame
        std::vector<WfdbScaling> scalings = {};
    };
    struct Sum {
        std::uint16_t checksum = 0;
        std::int16_t first = kInvalid;
    };

    void plan_frames(const std::string& path) {
        if (content_.streams.empty()) throw usage_error(fmt::format("{}: there are no samples to write as a WFDB record", path));
        rate_ = content_.streams[0].info.rate;
        for (const StreamContent& stream : content_.streams) rate_ = stream.info.rate.hz() < rate_.hz() ? stream.info.rate : rate_;
        double there_s = 0.0, all_s = 0.0;
        for (const StreamContent& stream : content_.streams) {
            const Rate& rate = stream.info.rate;
            const std::uint64_t a = rate.num * rate_.den, b = rate.den * rate_.num;
            if (a % b != 0) throw usage_error(fmt::format("{}: {:g} Hz is no multiple of {:g} Hz, as WFDB needs; write one stream with --streams, or XDF", path, rate.hz(), rate_.hz()));
            Lane lane{.n_per_frame = a / b, .shift = rate.frames_in(stream.begin_s), .first = n_frame_samples_};
            for (std::size_t c = 0; c < stream.info.channels.size(); ++c) lane.scalings.emplace_back(stream.info.channels[c], stream.channels[c]);
            n_frame_samples_ += lane.n_per_frame * stream.info.channels.size();
            n_frames_ = std::max(n_frames_, (lane.shift + stream.end_index + lane.n_per_frame - 1) / lane.n_per_frame);
            there_s = std::max(there_s, rate.time_s(stream.n_frames()));
            all_s = std::max(all_s, rate.time_s(lane.shift + stream.end_index));
            lanes_.push_back(std::move(lane));
        }
        sums_.resize(n_frame_samples_);
        if (all_s > there_s + kLostMaxS) throw usage_error(fmt::format("{}: {:.0f} s of it are lost, which WFDB would write out; choose a part with --from and --to, or XDF", path, all_s - there_s));
    }

    std::string empty_block() const {
        std::string block(kBlockFrames * n_frame_samples_ * 2, '\0');
        for (std::size_t i = 1; i < block.size(); i += 2) block[i] = static_cast<char>(0x80);
        return block;
    }

    void tell_done(std::size_t s, std::uint64_t index) {
        const bool over = index >= content_.streams[s].end_index;
        blocks_.done(s, over ? RecordAssembly::kAll : (index + lanes_[s].shift) / lanes_[s].n_per_frame / kBlockFrames);
    }

    void write_finished() {
        while (std::optional<RecordAssembly::Record> block = blocks_.next()) {
            for (; n_blocks_ < block->number; ++n_blocks_) write_block(empty_block());
            write_block(std::move(block->bytes));
            ++n_blocks_;
        }
    }

    void write_block(std::string bytes) {
        const std::uint64_t n_frames = std::min(kBlockFrames, n_frames_ - n_blocks_ * kBlockFrames);
        bytes.resize(n_frames * n_frame_samples_ * 2);
        for (std::size_t i = 0; i < n_frames * n_frame_samples_; ++i) {
            const auto value = static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[2 * i]) | static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
            Sum& sum = sums_[i % n_frame_samples_];
            if (n_blocks_ == 0 && i < n_frame_samples_) sum.first = static_cast<std::int16_t>(value);
            sum.checksum = static_cast<std::uint16_t>(sum.checksum + value);
        }
        data_.write(bytes);
    }

    void write_header() {
        std::size_t n_signals = 0;
        std::string lines;
        for (std::size_t s = 0; s < lanes_.size(); ++s) {
            const Lane& lane = lanes_[s];
            for (std::size_t c = 0; c < lane.scalings.size(); ++c, ++n_signals) {
                const ChannelInfo& info = content_.streams[s].info.channels[c];
                const std::size_t first = lane.first + c * lane.n_per_frame;
                std::uint16_t checksum = 0;
                for (std::size_t i = 0; i < lane.n_per_frame; ++i) checksum = static_cast<std::uint16_t>(checksum + sums_[first + i].checksum);
                std::string unit = info.unit.empty() ? "counts" : info.unit;
                std::replace(unit.begin(), unit.end(), ' ', '_');
                lines += fmt::format("{}.dat 16{} {}({:.0f})/{} 16 0 {} {} 0 {}\n", name_, lane.n_per_frame > 1 ? fmt::format("x{}", lane.n_per_frame) : "",
                                     lane.scalings[c].gain, lane.scalings[c].baseline, unit, sums_[first].first, static_cast<std::int16_t>(checksum), info.label);
            }
        }
        const std::string& start = content_.start;
        const bool known = start.size() >= 19 && start[4] == '-' && start[10] == 'T';
        const std::string when = known ? fmt::format(" {} {}/{}/{}", start.substr(11, 8), start.substr(8, 2), start.substr(5, 2), start.substr(0, 4)) : "";
        header_.write(fmt::format("{} {} {:.12g} {}{}\n{}", name_, n_signals, rate_.hz(), n_frames_, when, lines));
    }

    void tell_losses() {
        std::uint64_t n_lost = 0;
        for (std::size_t s = 0; s < lanes_.size(); ++s) {
            const StreamContent& stream = content_.streams[s];
            double error = 0.0;
            for (const WfdbScaling& scaling : lanes_[s].scalings) error = std::max(error, scaling.error);
            if (error > 0.0) losses_.push_back(fmt::format("'{}': values are rounded, by {:.3g} {} at most", stream.info.name, error, stream.info.channels[0].unit));
            const double off_s = stream.begin_s - stream.info.rate.time_s(lanes_[s].shift);
            if (std::abs(off_s) > 1e-9) losses_.push_back(fmt::format("'{}' begins {:+.6f} s off: samples lie on whole sampling steps", stream.info.name, off_s));
            for (const Hole& hole : stream.holes) n_lost += hole.n_frames;
        }
        if (n_lost > 0) losses_.push_back(fmt::format("{} lost frames are written as invalid samples", n_lost));
        if (content_.start.empty()) losses_.push_back("the start time is not known");
        leave_out_durations(content_);
    }

    RecordingContent content_;
    std::string stem_;
    std::string name_;
    NewFile header_;
    NewFile data_;
    NewFile annotations_;
    Rate rate_;
    std::vector<Lane> lanes_;
    std::size_t n_frame_samples_ = 0;
    std::uint64_t n_frames_ = 0;
    std::vector<Sum> sums_;  ///< per sample of a frame
    RecordAssembly blocks_{{}, 0};
    std::uint64_t n_blocks_ = 0;
};

std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<WfdbWriter>(files, path, content);
}

}  // namespace

const WriterFormat wfdb_writer{.name = "WFDB", .extension = ".hea", .make = &make};

}  // namespace tonus::formats
