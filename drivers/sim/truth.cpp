#include "drivers/sim/truth.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kThird = 1.0 / 3.0;
constexpr double kContracted = 0.01;  // of the maximum
constexpr double kOnsetS = 1e-4;      // an onset is known to this

std::string folder_made(Files& files, const std::string& folder) {
    files.make_folder(folder);
    return folder;
}

std::string labels_json(const std::vector<std::size_t>& channels, const SimulatedSubject& subject) {
    std::string text;
    for (const std::size_t channel : channels) text += fmt::format("{}\"{}\"", text.empty() ? "" : ",", subject.label(channel));
    return "[" + text + "]";
}

std::string faults_json(const std::vector<ChannelFault>& faults, const SimulatedSubject& subject) {
    std::string text;
    for (const ChannelFault& fault : faults) {
        text += fmt::format("{}{{\"channel\":\"{}\",\"from_s\":{},\"to_s\":{}}}", text.empty() ? "" : ",", subject.label(fault.channel),
                            fault.span.from_s, fault.span.to_s);
    }
    return "[" + text + "]";
}

}  // namespace

SimTruth::SimTruth(Files& files, const SimOptions& options, const SimulatedSubject& subject)
    : files_(files),
      options_(options),
      subject_(subject),
      muscle_(files, folder_made(files, options.truth_folder) + "/muscle.npy", options.n_channels),
      activation_(files, options.truth_folder + "/activation.npy", options.n_channels),
      motion_(options),
      contractions_(options.n_channels),
      contracted_(options.n_channels, false) {
    if (!options.imu) return;
    orientation_.emplace(files, options.truth_folder + "/orientation.npy", 4 * options.n_imu_sensors);
    angles_.emplace(files, options.truth_folder + "/angles.npy", 3 * options.n_imu_sensors);
}

void SimTruth::motion_frame() {
    const double t_s = options_.imu_rate.time_s(n_motion_frames_++);
    row_.clear();
    for (std::size_t s = 0; s < options_.n_imu_sensors; ++s) {
        for (const double q : motion_.orientation(Segment{s}, t_s)) row_.push_back(static_cast<float>(q));
    }
    orientation_->write(row_);
    row_.clear();
    for (std::size_t s = 0; s < options_.n_imu_sensors; ++s) {
        const SegmentAngles angles = motion_.angles(Segment{s}, t_s);
        for (const Jet& angle : {angles.flexion, angles.lateral, angles.axial}) row_.push_back(static_cast<float>(angle.value));
    }
    angles_->write(row_);
}

/// When the activation crossed the level of a contraction, between two ticks on its two sides.
double SimTruth::crossing_s(std::size_t channel, double before_s, double after_s) const {
    const bool rises = subject_.activation(channel, after_s) >= kContracted;
    while (after_s - before_s > kOnsetS) {
        const double middle_s = 0.5 * (before_s + after_s);
        const bool crossed = (subject_.activation(channel, middle_s) >= kContracted) == rises;
        (crossed ? after_s : before_s) = middle_s;
    }
    return after_s;
}

void SimTruth::follow_contraction(std::size_t channel, double activation, double t_s) {
    const bool contracted = activation >= kContracted;
    std::vector<Contraction>& contractions = contractions_[channel];
    if (contracted != contracted_[channel]) {
        // One that is there from the first tick began with the recording or before.
        const bool first = n_ticks_ == 0 && subject_.activation(channel, 0.0) >= kContracted;
        const double s = first ? 0.0 : crossing_s(channel, std::max(0.0, t_s - kTickS), t_s);
        if (contracted) contractions.push_back({s, s});
        else contractions.back().offset_s = s;
    }
    if (contracted) contractions.back().offset_s = options_.rate.time_s(n_frames_);
    contracted_[channel] = contracted;
}

void SimTruth::frame(std::span<const double> muscle_uv) {
    row_.clear();
    for (const double uv : muscle_uv) row_.push_back(static_cast<float>(uv));
    muscle_.write(row_);
    ++n_frames_;
    end_ticks();
}

/// Ticks whose frames are all there.
void SimTruth::end_ticks() {
    while (options_.rate.first_frame_of(n_ticks_ + 1) <= n_frames_) {
        const double t_s = (static_cast<double>(n_ticks_) + 0.5) * kTickS;
        row_.clear();
        double local = 0.0, global = 0.0;
        for (std::size_t ch = 0; ch < subject_.n_channels(); ++ch) {
            const double a = subject_.activation(ch, t_s);
            (subject_.is_local(ch) ? local : global) = std::max(subject_.is_local(ch) ? local : global, a);
            row_.push_back(static_cast<float>(a));
            follow_contraction(ch, a, t_s);
        }
        activation_.write(row_);
        for (auto [level, intervals] : {std::pair{local, &over_local_}, std::pair{global, &over_global_}}) {
            if (level < kThird) continue;
            if (intervals->empty() || intervals->back().end_tick != n_ticks_) intervals->push_back({n_ticks_, n_ticks_});
            intervals->back().end_tick = n_ticks_ + 1;
        }
        ++n_ticks_;
    }
}

std::string SimTruth::intervals_json(const std::vector<Interval>& intervals) const {
    std::string text;
    for (const Interval& interval : intervals) {
        text += fmt::format("{}[{:.2f},{:.2f}]", text.empty() ? "" : ",", static_cast<double>(interval.first_tick) * kTickS,
                            static_cast<double>(interval.end_tick) * kTickS);
    }
    return "[" + text + "]";
}

std::string SimTruth::channels_json() const {
    std::string channels;
    for (std::size_t ch = 0; ch < subject_.n_channels(); ++ch) {
        std::string contractions;
        for (const Contraction& contraction : contractions_[ch]) {
            contractions += fmt::format("{}[{:.4f},{:.4f}]", contractions.empty() ? "" : ",", contraction.onset_s, contraction.offset_s);
        }
        channels += fmt::format("{}{{\"label\":\"{}\",\"class\":\"{}\",\"sigma_mvc_uv\":{:.9g},\"contractions_s\":[{}]}}", ch == 0 ? "" : ",",
                                subject_.label(ch), subject_.is_local(ch) ? "local" : "not local", subject_.sigma_mvc_uv(ch), contractions);
    }
    return channels;
}

void SimTruth::write_repetitions() {
    NpyWriter file{files_, options_.truth_folder + "/repetitions.npy", 4};
    for (std::size_t i = 0; const std::optional<Repetition> repetition = motion_.movement().repetition(i); ++i) {
        if (repetition->end_s > options_.rate.time_s(n_frames_)) break;
        row_.clear();
        for (const double s : {repetition->begin_s, repetition->top_s, repetition->leave_s, repetition->end_s}) row_.push_back(static_cast<float>(s));
        file.write(row_);
    }
    file.close();
}

void SimTruth::write_breaths() {
    NpyWriter file{files_, options_.truth_folder + "/breaths.npy", 1};
    for (double i = 0.0; i / kBreathHz < options_.rate.time_s(n_frames_); i += 1.0) {
        row_.assign(1, static_cast<float>(i / kBreathHz));
        file.write(row_);
    }
    file.close();
}

std::string SimTruth::motion_json() const {
    if (!options_.imu) return {};
    std::string sensors;
    for (std::size_t s = 0; s < options_.n_imu_sensors; ++s) {
        sensors += fmt::format("{}{{\"segment\":\"{}\",\"mounting_wxyz\":[{:.9g}]}}", s == 0 ? "" : ",", kSegmentNames[s],
                               fmt::join(MotionSensor{options_, Segment{s}}.mounting(), ","));
    }
    return fmt::format(",\"motion_sensors\":{{\"rate_hz\":{:.12g},\"breath_hz\":{},\"sensors\":[{}]}}", options_.imu_rate.hz(), kBreathHz, sensors);
}

std::string SimTruth::json() const {
    const SimOptions& o = options_;
    const std::string on_top = fmt::format(
        "\"vibration_hz\":{},\"vibration_locked\":{},\"motion\":{},\"spikes_per_s\":{},\"crosstalk\":{},\"loss\":{},\"duplicates\":{},"
        "\"reorder\":{},\"source\":\"{}\",\"laplace\":{},\"tremor\":{},\"drift_per_min\":{},\"fatigue_per_s\":{}",
        o.vibration_hz, o.vibration_locked, o.motion, o.spikes_per_s, o.crosstalk, o.loss, o.duplicates, o.reorder,
        o.source == SimSource::units ? "units" : "noise", o.laplace, o.tremor, o.drift_per_min, o.fatigue_per_s);
    return fmt::format(
        "{{\"subject\":{},\"seed\":{},\"rate_hz\":{:.12g},\"frames\":{},\"noise_uv\":{},\"ecg\":{},\"mains_hz\":{},{},\"channels\":[{}],"
        "\"swapped_left\":{},\"dead\":{},\"lead_off\":{},\"saturate\":{},\"flat\":{},\"nan\":{},\"local_over_third_s\":{},\"other_over_third_s\":{}{}}}\n",
        o.subject, o.seed, o.rate.hz(), n_frames_, o.noise_uv, o.ecg, o.mains_hz, on_top, channels_json(), labels_json(o.swapped, subject_), labels_json(o.dead, subject_), faults_json(o.lead_off, subject_),
        faults_json(o.saturate, subject_), faults_json(o.flat, subject_), faults_json(o.nan, subject_), intervals_json(over_local_),
        intervals_json(over_global_), motion_json());
}

void SimTruth::close() {
    muscle_.close();
    activation_.close();
    if (orientation_) {
        orientation_->close();
        angles_->close();
    }
    write_repetitions();
    write_breaths();
    const std::string path = options_.truth_folder + "/truth.json";
    const std::string text = json();
    const std::unique_ptr<OutputFile> file = files_.create(path, IfExists::replace);
    if (!file->write(std::as_bytes(std::span{text.data(), text.size()})).ok()) throw run_error(path + ": cannot be written; is the disk full?");
}

}  // namespace tonus
