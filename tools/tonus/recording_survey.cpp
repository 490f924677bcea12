#include "tools/tonus/recording_survey.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tonus::cli {
namespace {

// No muscle is quiet to the last count for so long, nor often at one and the same extreme.
constexpr double kFlatS = 0.5;
constexpr std::uint64_t kPlateauRun = 3;
constexpr double kClippedPart = 1e-4;
constexpr std::uint64_t kClippedFrames = 10;

}  // namespace

void ChannelSurvey::Plateau::see(double raw, bool further, std::uint64_t run) noexcept {
    if (further) {
        value = raw;
        n = 0;
    }
    if (raw == value && run >= kPlateauRun) n += run == kPlateauRun ? kPlateauRun : 1;
}

void ChannelSurvey::add(double raw) noexcept {
    if (!(raw - raw == 0.0)) {
        ++n_missing_;
        return after_gap();
    }
    const bool at_rail = (info_->raw_min && raw <= *info_->raw_min) || (info_->raw_max && raw >= *info_->raw_max);
    n_at_rail_ += at_rail ? 1u : 0u;
    run_ = run_ > 0 && raw == last_raw_ ? run_ + 1 : 1;
    longest_run_ = std::max(longest_run_, run_);
    last_raw_ = raw;
    top_.see(raw, n_ == 0 || raw > top_.value, run_);
    bottom_.see(raw, n_ == 0 || raw < bottom_.value, run_);
    const double value = raw * info_->scale + info_->offset;
    least_ = any_ ? std::min(least_, value) : value;
    most_ = any_ ? std::max(most_, value) : value;
    any_ = true;
    ++n_;
    shape_.add(value);
    hum_.add(raw);
}

void ChannelSurvey::after_gap() noexcept {
    run_ = 0;
    hum_.restart();
}

std::vector<std::string> ChannelSurvey::findings() const {
    std::vector<std::string> found;
    if (!measured_) return found;
    const double flat_s = rate_.time_s(longest_run_);
    const std::uint64_t n_clipped = std::max(n_at_rail_, top_.n + bottom_.n);
    if (is_constant()) {
        found.push_back("flat: one value from beginning to end; is the electrode on?");
        return found;
    }
    if (flat_s >= kFlatS) found.push_back(fmt::format("flat for {:.1f} s: an electrode off, or lost data filled up", flat_s));
    if (n_clipped >= kClippedFrames && static_cast<double>(n_clipped) > kClippedPart * static_cast<double>(n_)) {
        found.push_back(fmt::format("clipped: {} samples at an end of the range; lower the gain", n_clipped));
    }
    if (hum_.found_hz() > 0.0) found.push_back(fmt::format("hum of {:.0f} Hz: the mains", hum_.found_hz()));
    return found;
}

std::optional<double> RecordingSurvey::Stream::measured_hz() const noexcept {
    constexpr std::int64_t kLeastNs = 1'000'000'000;
    if (last_ns - first_ns < kLeastNs) return std::nullopt;
    return static_cast<double>(next_index - first_end) / (static_cast<double>(last_ns - first_ns) * 1e-9);
}

RecordingSurvey::RecordingSurvey(std::span<const StreamInfo> streams) : of_(streams.size()) {
    for (std::size_t s = 0; s < streams.size(); ++s) {
        const bool measured = streams[s].name != "tonus_results";
        const bool may_hum = streams[s].kind == StreamKind::emg || streams[s].kind == StreamKind::ecg;
        for (const ChannelInfo& channel : streams[s].channels) of_[s].channels.emplace_back(channel, streams[s].rate, measured, may_hum);
    }
}

void RecordingSurvey::push(std::size_t s, std::uint64_t first_index, RawFrames frames) noexcept {
    Stream& stream = of_[s];
    if (first_index > stream.next_index) {
        ++stream.n_gaps;
        stream.n_lost += first_index - stream.next_index;
        for (ChannelSurvey& channel : stream.channels) channel.after_gap();
    }
    stream.next_index = first_index + frames.n_frames;
    if (stream.n_frames == 0) {
        stream.first_end = stream.next_index;
        stream.first_ns = frames.arrival_ns;
    }
    stream.last_ns = frames.arrival_ns;
    stream.n_frames += frames.n_frames;
    for (std::size_t f = 0; f < frames.n_frames; ++f) {
        for (std::size_t c = 0; c < frames.n_channels; ++c) stream.channels[c].add(frames.at(f, c));
    }
}

}  // namespace tonus::cli
