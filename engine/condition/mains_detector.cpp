#include "engine/condition/mains_detector.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/condition/conditioner.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kRateMinHz = 100.0;

constexpr int kSuccessive = 2;

// A line that was no hum to speak of would else have all harmonics looked at in every other spectrum.
constexpr float kAskAgain = 1.5f, kForget = 0.95f;

}  // namespace

MainsDetector::MainsDetector(const MainsDetectorConfig& config)
    : config_(config),
      spectra_([&config] {
          const double rate_hz = config.rate.hz();
          if (!(rate_hz >= kRateMinHz)) {
              throw usage_error(fmt::format("mains: {:.6g} Hz is too low for EMG: at least {:.0f} Hz", rate_hz, kRateMinHz));
          }
          if (!(config.high_hz > 0.0 && config.high_hz <= MainsSpectra::kNominalHz[0] * kMainsHarmonicsMax)) {
              throw usage_error(fmt::format("mains: an upper edge of {:.6g} Hz is not above 0 and at most {:.0f} Hz",
                                            config.high_hz, MainsSpectra::kNominalHz[0] * kMainsHarmonicsMax));
          }
          if (!(config.off_ratio > 1.0f && config.off_ratio <= config.on_ratio)) {
              throw usage_error(fmt::format("mains: off_ratio = {:.4g} and on_ratio = {:.4g} must keep 1 < off <= on; 2 and 4 are usual",
                                            config.off_ratio, config.on_ratio));
          }
          return MainsSpectra{config.rate, config.n_channels, std::min(config.high_hz, kEdgeOfRate * rate_hz)};
      }()),
      emg_to_mains_max_(std::pow(10.0, config.emg_to_mains_db_max / 10.0)),
      memories_(MainsSpectra::kBases * kMainsHarmonicsMax * config.n_channels) {}

const MainsState& MainsDetector::process(const Block<unit::Microvolt>& block) noexcept {
    for (std::size_t done = 0; done < block.n_frames();) {
        const std::size_t n = spectra_.process(block.from(done));
        done += n;
        n_frames_ += n;
        if (spectra_.is_whole()) judge();
    }
    return state_;
}

void MainsDetector::skip(std::uint64_t n_frames) noexcept {
    n_frames_ += n_frames;
    spectra_.restart();
}

void MainsDetector::judge() noexcept {
    ++n_spectra_;
    for (std::size_t base = 0; base < MainsSpectra::kBases; ++base) {
        if (!spectra_.with_harmonics(base)) forget_harmonics(base);
        for (std::size_t channel = 0; channel < config_.n_channels; ++channel) remember(base, channel);
        follow(base);
    }
    MainsState next = state_;
    if (next.nominal_hz == 0.0) {
        float largest = 0.0f;
        for (std::size_t base = 0; base < MainsSpectra::kBases; ++base) {
            if (!is_found(base, 1)) continue;
            const MainsSpectra::Value& value = spectra_.value(base, 1, strongest(base));
            if (value.ratio <= largest) continue;
            largest = value.ratio;
            next.nominal_hz = MainsSpectra::kNominalHz[base];
            next.frequency_hz = static_cast<double>(value.peak_hz);
        }
    }
    if (next.nominal_hz != 0.0) {
        const std::size_t base = next.nominal_hz == MainsSpectra::kNominalHz[0] ? 0 : 1;
        for (std::size_t k = 1; k <= spectra_.n_harmonics(base); ++k) {
            next.harmonics[k - 1] = next.harmonics[k - 1] ? !is_gone(base, k) : is_found(base, k);
        }
        const std::size_t channel = strongest(base);
        if (spectra_.value(base, 1, channel).judged) {
            next.strongest_channel = channel;
            next.strongest_ratio = spectra_.value(base, 1, channel).ratio;
        }
        if (!next.harmonics[0]) next = {};
    }
    next.from_frame = n_frames_ - 1 + kBlockFrames;
    state_ = next;
    for (std::size_t base = 0; base < MainsSpectra::kBases; ++base) {
        spectra_.set_harmonics(base, shows(base) || state_.nominal_hz == MainsSpectra::kNominalHz[base]);
    }
}

void MainsDetector::forget_harmonics(std::size_t base) noexcept {
    std::fill_n(of_base(base) + config_.n_channels, (kMainsHarmonicsMax - 1) * config_.n_channels, Memory{});
}

/// A resting channel with hum counts; one that is not judged says nothing, neither for nor against. Without
/// harmonics nobody knows whether it rests: what shows counts as the first of two, and the second decides. If
/// that one says no, the channel is asked again when R_1 has grown, or after a while.
void MainsDetector::remember(std::size_t base, std::size_t channel) noexcept {
    if (spectra_.n_harmonics(base) == 0) return;
    const bool is_alone = !spectra_.with_harmonics(base);
    Memory& first = memory(base, 1, channel);
    const float ratio = spectra_.value(base, 1, channel).ratio;
    const bool counts = is_alone ? ratio > first.needless_ratio : needs_help(base, channel);
    first.needless_ratio = counts || is_alone ? kForget * first.needless_ratio : kAskAgain * ratio;
    const int n_on_max = is_alone ? 1 : kSuccessive;
    for (std::size_t k = 1; k <= spectra_.n_harmonics(base); ++k) {
        const MainsSpectra::Value& value = spectra_.value(base, k, channel);
        if (!value.judged) continue;
        Memory& past = memory(base, k, channel);
        const bool shows = value.ratio > config_.on_ratio;
        past.n_on = shows && counts ? static_cast<std::uint8_t>(std::min(past.n_on + 1, n_on_max)) : std::uint8_t{0};
        if (shows) past.hum_uv2 = value.hum_uv2;
    }
}

/// Whether the hum is large against the EMG. What lies beside the harmonics is a sample of the
/// spectrum of the EMG at steps of the mains frequency, and its sum is near enough its power.
bool MainsDetector::needs_help(std::size_t base, std::size_t channel) const noexcept {
    double emg = 0.0, hum = 0.0;
    for (std::size_t k = 1; k <= spectra_.n_harmonics(base); ++k) {
        const MainsSpectra::Value& value = spectra_.value(base, k, channel);
        if (!value.judged) continue;
        emg += static_cast<double>(value.density_uv2_hz) * MainsSpectra::kNominalHz[base];
        if (value.ratio > config_.on_ratio) hum += static_cast<double>(value.hum_uv2);
    }
    return hum > 0.0 && emg < emg_to_mains_max_ * hum;
}

bool MainsDetector::shows(std::size_t base) noexcept {
    return std::any_of(of_base(base), of_base(base) + config_.n_channels, [](const Memory& past) { return past.n_on > 0; });
}

bool MainsDetector::is_found(std::size_t base, std::size_t harmonic) noexcept {
    if (harmonic > spectra_.n_harmonics(base)) return false;
    for (std::size_t channel = 0; channel < config_.n_channels; ++channel) {
        if (memory(base, harmonic, channel).n_on >= kSuccessive) return true;
    }
    return false;
}

/// Under a contraction R_k falls below any limit while the hum goes on. So only those channels are
/// asked in which the hum last seen would show now; if there is none, nothing has changed.
bool MainsDetector::is_gone(std::size_t base, std::size_t harmonic) noexcept {
    bool any_asked = false;
    for (std::size_t channel = 0; channel < config_.n_channels; ++channel) {
        const MainsSpectra::Value& value = spectra_.value(base, harmonic, channel);
        const float would_show = (config_.on_ratio - 1.0f) * value.beside_uv2;
        if (!value.judged || memory(base, harmonic, channel).hum_uv2 <= would_show) continue;
        if (value.ratio >= config_.off_ratio) return false;
        any_asked = true;
    }
    return any_asked;
}

std::size_t MainsDetector::strongest(std::size_t base) const noexcept {
    std::size_t best = 0;
    if (spectra_.n_harmonics(base) == 0) return best;
    for (std::size_t channel = 1; channel < config_.n_channels; ++channel) {
        if (spectra_.value(base, 1, channel).ratio > spectra_.value(base, 1, best).ratio) best = channel;
    }
    return best;
}

/// The ninth harmonic of a grid 0.1 Hz off is 0.9 Hz off, outside of what is looked at: so the multiples
/// are those of the frequency as it is.
void MainsDetector::follow(std::size_t base) noexcept {
    if (spectra_.n_harmonics(base) == 0 || config_.n_channels == 0) return;
    const MainsSpectra::Value& value = spectra_.value(base, 1, strongest(base));
    const double nominal_hz = MainsSpectra::kNominalHz[base];
    if (!value.judged) return;
    const bool shows = value.ratio > config_.on_ratio;
    if (shows) spectra_.set_centre(base, std::clamp(static_cast<double>(value.peak_hz), nominal_hz - 1.0, nominal_hz + 1.0));
    else if (state_.nominal_hz != nominal_hz) spectra_.set_centre(base, nominal_hz);
}

}  // namespace tonus
