#include "engine/formats/mat.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/mat_file.hpp"

namespace tonus::formats {
namespace {

constexpr std::array<std::string_view, 9> kRateNames{"fs", "sf", "srate", "samplerate", "sample_rate", "sampling_rate", "samplingrate", "sampling_frequency", "rate_hz"};
constexpr std::string_view kRateSuffix = "_rate_hz";

std::uint64_t longer(const MatVariable& v) { return std::max(v.n_rows, v.n_columns); }
std::uint64_t shorter(const MatVariable& v) { return std::min(v.n_rows, v.n_columns); }

/// One channel: a row or a column of a variable.
struct MatChannel {
    const MatVariable* variable;
    std::uint64_t number;
};

struct MatGroup {
    SignalGroup signals = {};
    std::vector<MatChannel> channels = {};
    std::uint64_t n_frames = 0;
};

void add_variable(const MatFile& file, const MatVariable& variable, MatGroup& group) {
    const std::vector<std::string> labels = file.texts(variable.name + "_labels"), units = file.texts(variable.name + "_units");
    const std::uint64_t n = shorter(variable);
    // "imu_acc" is an acceleration as "acc" is.
    const std::size_t last_word = variable.name.rfind('_');
    std::optional<StreamKind> kind = kind_of_label(variable.name);
    if (!kind && last_word != std::string::npos) kind = kind_of_label(std::string_view{variable.name}.substr(last_word + 1));
    for (std::uint64_t i = 0; i < n && group.channels.size() < limits::kColumns; ++i) {
        Signal signal;
        signal.info.label = i < labels.size() ? labels[i] : n == 1 ? variable.name : fmt::format("{}_{}", variable.name, i + 1);
        signal.kind = i < labels.size() ? kind_of_label(labels[i]) : kind;
        if (i < units.size()) set_unit(signal, units[i]);
        group.signals.signals.push_back(std::move(signal));
        group.channels.push_back({&variable, i});
    }
    group.n_frames = longer(variable);
}

Rate rate_of_hz(double hz, const std::string& path, const std::string& name) {
    if (!(hz >= 1e-3 && hz <= 1e6)) throw input_error(fmt::format("{}: {} = {} is no sampling rate", path, name, hz));
    return rate_from_hz(hz);
}

/// Streams that say their rate themselves.
std::vector<MatGroup> labelled_groups(const MatFile& file) {
    std::vector<MatGroup> groups;
    for (const MatVariable& variable : file.variables()) {
        const std::optional<double> hz = variable.is_text ? std::nullopt : file.scalar(variable.name + std::string{kRateSuffix});
        if (!hz || variable.n_values() == 0 || groups.size() == limits::kStreams) continue;
        groups.emplace_back();
        groups.back().signals.name = variable.name;
        groups.back().signals.rate = rate_of_hz(*hz, file.path(), variable.name + std::string{kRateSuffix});
        add_variable(file, variable, groups.back());
    }
    return groups;
}

std::optional<Rate> rate_in(const MatFile& file) {
    for (const MatVariable& variable : file.variables()) {
        const bool named = std::find(kRateNames.begin(), kRateNames.end(), lower(variable.name)) != kRateNames.end();
        const std::optional<double> hz = named ? file.scalar(variable.name) : std::nullopt;
        if (hz) return rate_of_hz(*hz, file.path(), variable.name);
    }
    return std::nullopt;
}

/// All matrices that share the longest axis.
MatGroup common_group(const MatFile& file, const ReadOptions& options) {
    std::uint64_t n_longest = 1;
    for (const MatVariable& variable : file.variables()) {
        if (!variable.is_text && variable.n_values() > 0) n_longest = std::max(n_longest, longer(variable));
    }
    MatGroup group;
    for (const MatVariable& variable : file.variables()) {
        if (!variable.is_text && variable.n_values() > 0 && longer(variable) == n_longest && n_longest > 1) add_variable(file, variable, group);
    }
    if (group.channels.empty()) throw input_error(fmt::format("{}: holds no matrix of numbers; structures and cells are not read: save the signal as a variable of its own", file.path()));
    const std::optional<Rate> rate = rate_in(file);
    if (rate) refuse_other_rate(options, *rate, file.path());
    group.signals.rate = rate ? *rate : rate_from_options(options, file.path(), "no variable");
    return group;
}

class MatFrames final : public FrameSource {
public:
    MatFrames(std::unique_ptr<MatFile> file, std::vector<MatGroup> groups) : file_(std::move(file)), groups_(std::move(groups)) {}

    void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) override {
        const MatGroup& group = groups_[stream.group];
        const std::size_t n_channels = stream.signals.size();
        frames_.resize(n_frames * n_channels);
        for (std::size_t c = 0; c < n_channels; ++c) {
            const auto [variable, number] = group.channels[stream.signals[c]];
            const std::uint64_t n_across = shorter(*variable);
            const bool down = variable->n_rows >= variable->n_columns;  // time runs down the columns
            if (down) file_->values(*variable, number * variable->n_rows + first, n_frames, values_);
            else if (c == 0 || group.channels[stream.signals[c - 1]].variable != variable) file_->values(*variable, first * n_across, n_frames * n_across, values_);
            for (std::size_t f = 0; f < n_frames; ++f) frames_[f * n_channels + c] = values_[down ? f : f * n_across + number];
        }
        for (const double value : frames_) into.add(value);
    }

private:
    std::unique_ptr<MatFile> file_;
    std::vector<MatGroup> groups_;
    std::vector<double> values_;
    std::vector<double> frames_;
};

bool recognises(ByteView head) { return head.text(0, 10) == "MATLAB 5.0"; }

std::unique_ptr<RecordingReader> open_mat(RecordingFile recording, const ReadOptions& options) {
    const std::string path = recording.path;
    auto file = std::make_unique<MatFile>(std::move(recording));
    EvenRecording even{.facts = {.format = "MATLAB v5"}, .trouble = file->trouble()};
    std::vector<MatGroup> groups = labelled_groups(*file);
    if (groups.empty()) groups.push_back(common_group(*file, options));
    std::vector<SignalGroup> signals;
    for (const MatGroup& group : groups) signals.push_back(group.signals);
    even.streams = plan_streams(std::move(signals), options, path, even.facts.notes);
    for (const PlannedStream& stream : even.streams) even.n_frames.push_back(groups[stream.group].n_frames);
    even.source = std::make_unique<MatFrames>(std::move(file), std::move(groups));
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat mat_format{.name = "MATLAB v5", .extensions = ".mat", .recognises = &recognises, .open = &open_mat};

}  // namespace tonus::formats
