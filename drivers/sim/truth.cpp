#include "drivers/sim/truth.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kThird = 1.0 / 3.0;

std::string folder_made(Files& files, const std::string& folder) {
    files.make_folder(folder);
    return folder;
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
      activation_(files, options.truth_folder + "/activation.npy", options.n_channels) {}

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

std::string SimTruth::json() const {
    std::string channels;
    for (std::size_t ch = 0; ch < subject_.n_channels(); ++ch) {
        channels += fmt::format("{}{{\"label\":\"{}\",\"class\":\"{}\",\"sigma_mvc_uv\":{:.9g}}}", ch == 0 ? "" : ",", subject_.label(ch),
                                subject_.is_local(ch) ? "local" : "not local", subject_.sigma_mvc_uv(ch));
    }
    return fmt::format(
        "{{\"subject\":{},\"seed\":{},\"rate_hz\":{:.12g},\"frames\":{},\"noise_uv\":{},\"ecg\":{},\"mains_hz\":{},\"channels\":[{}],"
        "\"lead_off\":{},\"saturate\":{},\"flat\":{},\"nan\":{},\"local_over_third_s\":{},\"other_over_third_s\":{}}}\n",
        options_.subject, options_.seed, options_.rate.hz(), n_frames_, options_.noise_uv, options_.ecg, options_.mains_hz, channels,
        faults_json(options_.lead_off, subject_), faults_json(options_.saturate, subject_), faults_json(options_.flat, subject_),
        faults_json(options_.nan, subject_), intervals_json(over_local_), intervals_json(over_global_));
}

void SimTruth::close() {
    muscle_.close();
    activation_.close();
    const std::string path = options_.truth_folder + "/truth.json";
    const std::string text = json();
    const std::unique_ptr<OutputFile> file = files_.create(path, IfExists::replace);
    if (!file->write(std::as_bytes(std::span{text.data(), text.size()})).ok()) throw run_error(path + ": cannot be written; is the disk full?");
}

}  // namespace tonus
