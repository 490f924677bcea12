#include "engine/condition/mains_spectra.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/block.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

constexpr double kBlockS = 0.020;  // 1 / 50 Hz: hum at other multiples sums up to nothing
constexpr double kHalfS = 1.0;
constexpr std::size_t kHalves = 4;  // of a spectrum: three windows
constexpr double kFlaggedMax = 0.1;

// The grid of 0.5 Hz; one bin more on either side, because Hann's window takes in its neighbours.
constexpr int kBinOuter = 10;   // 5 Hz
constexpr int kBinBeside = 2;   // 1 Hz
constexpr int kBinInner = 1;    // 0.5 Hz
constexpr int kBinMax = kBinOuter + 1;
constexpr std::size_t kBins = 2 * kBinMax + 1;
constexpr double kHannPower = 0.375;

constexpr std::size_t bin_of(int j) noexcept { return static_cast<std::size_t>(j + kBinMax); }

}  // namespace

MainsSpectra::MainsSpectra(Rate rate, std::size_t n_channels, double high_hz)
    : lanes_(padded_lanes(n_channels)),
      n_channels_(n_channels),
      rate_hz_(rate.hz()),
      n_block_(static_cast<std::size_t>(std::lround(kBlockS * rate_hz_))),
      n_half_(static_cast<std::size_t>(std::lround(kHalfS * rate_hz_ / static_cast<double>(n_block_)))),
      n_flagged_max_(static_cast<std::size_t>(kFlaggedMax * static_cast<double>(n_half_ * n_block_))) {
    for (std::size_t b = 0; b < kBases; ++b) {
        bases_[b].centre_hz = bases_[b].next_centre_hz = kNominalHz[b];
        bases_[b].first_line = lines_.size();
        for (std::size_t k = 1; static_cast<double>(k) * kNominalHz[b] <= high_hz; ++k) lines_.push_back({b, k});
        bases_[b].n_lines = lines_.size() - bases_[b].first_line;
    }
    const std::size_t n = lines_.size() * lanes_;
    for (std::vector<float>* lane : {&last_uv_, &step_uv_, &weight_}) lane->resize(lanes_, 0.0f);
    for (std::vector<float>* line : {&sum_re_, &sum_im_, &taken_re_, &taken_im_}) line->resize(n, 0.0f);
    for (std::vector<float>* half : {&half_re_, &half_im_}) half->resize(2 * kBins * n, 0.0f);
    power_.resize(kBins * n, 0.0f);
    n_windows_.resize(n, 0);
    values_.resize(n);
    n_flagged_.resize(n_channels, 0);
    for (std::vector<std::uint8_t>& ok : half_ok_) ok.resize(n_channels, 0);
    for (std::size_t i = 0; i < 2 * n_half_; ++i) {
        const double turn = kTurn * static_cast<double>(i) / static_cast<double>(2 * n_half_);
        cosines_.push_back(static_cast<float>(std::cos(turn)));
        sines_.push_back(static_cast<float>(std::sin(turn)));
    }
    restart();
}

void MainsSpectra::restart() noexcept {
    frame_ = 0;
    place_ = {};
    has_last_ = false;
    has_taken_ = false;
    std::fill(n_flagged_.begin(), n_flagged_.end(), 0u);
    begin_block();
}

float* MainsSpectra::bins(std::vector<float>& of, std::size_t half, std::size_t line, std::size_t bin) noexcept {
    return of.data() + (((half % 2) * lines_.size() + line) * kBins + bin) * lanes_;
}

void MainsSpectra::begin_block() noexcept {
    const bool begins_spectrum = place_.half == 0 && place_.block == 0;
    for (Base& base : bases_) {
        if (begins_spectrum) base.centre_hz = base.next_centre_hz;
        // Set anew every 20 ms, so that the rounding of its steps does not add up.
        const double turn = kTurn * base.centre_hz / rate_hz_;
        base.now = {std::cos(kTurn * base.phase), std::sin(kTurn * base.phase)};
        base.step = {std::cos(turn), std::sin(turn)};
    }
    std::fill(sum_re_.begin(), sum_re_.end(), 0.0f);
    std::fill(sum_im_.begin(), sum_im_.end(), 0.0f);
}

bool MainsSpectra::process(const float* frame_uv, const std::uint8_t* flags) noexcept {
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
        step_uv_[lane] = has_last_ ? frame_uv[lane] - last_uv_[lane] : 0.0f;
        last_uv_[lane] = frame_uv[lane];
    }
    has_last_ = true;
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        // So written that no number that is none gets into a sum.
        const bool finite = std::abs(step_uv_[channel]) < 1e8f;
        if (!finite) step_uv_[channel] = 0.0f;
        if (flags[channel] != 0 || !finite) ++n_flagged_[channel];
    }
    for (Base& base : bases_) mix(base);

    bool is_whole = false;
    ++frame_;
    if (has_taken_) {
        const std::size_t until = frame_ * lines_.size() / n_block_;
        for (; next_line_ < until; ++next_line_) {
            add_block(next_line_);
            if (taken_.block + 1 < n_half_) continue;
            if (taken_.half > 0) add_window(next_line_);
            if (taken_.half + 1 == kHalves) evaluate(next_line_);
        }
        is_whole = frame_ == n_block_ && taken_.block + 1 == n_half_ && taken_.half + 1 == kHalves;
    }
    if (frame_ == n_block_) end_block();
    return is_whole;
}

void MainsSpectra::mix(Base& base) noexcept {
    Oscillator harmonic = base.now;
    for (std::size_t k = 0; k < base.n_lines; ++k) {
        const auto re = static_cast<float>(harmonic.re), im = static_cast<float>(-harmonic.im);
        float* const sum_re = sum_re_.data() + (base.first_line + k) * lanes_;
        float* const sum_im = sum_im_.data() + (base.first_line + k) * lanes_;
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            sum_re[lane] += step_uv_[lane] * re;
            sum_im[lane] += step_uv_[lane] * im;
        }
        harmonic = {harmonic.re * base.now.re - harmonic.im * base.now.im,
                    harmonic.re * base.now.im + harmonic.im * base.now.re};
    }
    base.now = {base.now.re * base.step.re - base.now.im * base.step.im,
                base.now.re * base.step.im + base.now.im * base.step.re};
}

void MainsSpectra::end_block() noexcept {
    std::swap(sum_re_, taken_re_);
    std::swap(sum_im_, taken_im_);
    has_taken_ = true;
    taken_ = place_;
    next_line_ = 0;
    frame_ = 0;
    for (Base& base : bases_) {
        base.taken_centre_hz = base.centre_hz;
        base.phase += static_cast<double>(n_block_) * base.centre_hz / rate_hz_;
        base.phase -= std::floor(base.phase);
    }
    if (++place_.block == n_half_) {
        for (std::size_t channel = 0; channel < n_channels_; ++channel) {
            half_ok_[place_.half % 2][channel] = n_flagged_[channel] <= n_flagged_max_ ? 1 : 0;
            n_flagged_[channel] = 0;
        }
        place_ = {.block = 0, .half = (place_.half + 1) % kHalves};
    }
    begin_block();
}

/// The transform over a half window, by one more block.
void MainsSpectra::add_block(std::size_t line) noexcept {
    const float* const re = taken_re_.data() + line * lanes_;
    const float* const im = taken_im_.data() + line * lanes_;
    for (int j = -kBinMax; j <= kBinMax; ++j) {
        const std::size_t turn = static_cast<std::size_t>(j + static_cast<int>(2 * n_half_)) * taken_.block % (2 * n_half_);
        const float c = cosines_[turn], s = -sines_[turn];
        float* const to_re = bins(half_re_, taken_.half, line, bin_of(j));
        float* const to_im = bins(half_im_, taken_.half, line, bin_of(j));
        if (taken_.block == 0) {
            std::fill_n(to_re, lanes_, 0.0f);
            std::fill_n(to_im, lanes_, 0.0f);
        }
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            to_re[lane] += re[lane] * c - im[lane] * s;
            to_im[lane] += re[lane] * s + im[lane] * c;
        }
    }
}

/// Two halves are a window. Hann's, taken in the transform: half a bin less a quarter of each
/// neighbour, where the second half counts from its own beginning, so odd bins change their sign.
void MainsSpectra::add_window(std::size_t line) noexcept {
    const std::size_t second = taken_.half, first = second - 1;
    std::uint8_t* const n_windows = n_windows_.data() + line * lanes_;
    float* const power = power_.data() + line * kBins * lanes_;
    if (first == 0) {
        std::fill_n(n_windows, lanes_, std::uint8_t{0});
        std::fill_n(power, kBins * lanes_, 0.0f);
    }
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        const bool ok = half_ok_[0][channel] != 0 && half_ok_[1][channel] != 0;
        weight_[channel] = ok ? 1.0f : 0.0f;
        n_windows[channel] = static_cast<std::uint8_t>(n_windows[channel] + (ok ? 1 : 0));
    }
    for (int j = -kBinOuter; j <= kBinOuter; ++j) {
        const float sign = j % 2 == 0 ? 1.0f : -1.0f;
        const auto add = [&](std::vector<float>& of) {
            const float* const a = bins(of, first, line, bin_of(j));
            const float* const b = bins(of, second, line, bin_of(j));
            const float* const a_low = a - lanes_;  // the neighbouring bins
            const float* const b_low = b - lanes_;
            const float* const a_high = a + lanes_;
            const float* const b_high = b + lanes_;
            float* const to = power + bin_of(j) * lanes_;
            for (std::size_t lane = 0; lane < lanes_; ++lane) {
                const float beside = a_low[lane] + a_high[lane] - sign * (b_low[lane] + b_high[lane]);
                const float x = 0.5f * (a[lane] + sign * b[lane]) - 0.25f * beside;
                to[lane] += weight_[lane] * (x * x);
            }
        };
        add(half_re_);
        add(half_im_);
    }
}

void MainsSpectra::evaluate(std::size_t line) noexcept {
    const Base& base = bases_[lines_[line].base];
    const auto harmonic = static_cast<double>(lines_[line].harmonic);
    const double n_window = static_cast<double>(2 * n_half_ * n_block_);
    // Of the differences the samples were turned into.
    const double gain = 2.0 * std::sin(0.5 * kTurn * harmonic * base.taken_centre_hz / rate_hz_);
    const double per_line = 2.0 / (kHannPower * n_window * n_window * gain * gain);
    const double grid_hz = rate_hz_ / n_window;

    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        Value& value = values_[line * lanes_ + channel];
        value = {};
        const auto power = [&](int j) { return static_cast<double>(power_[(line * kBins + bin_of(j)) * lanes_ + channel]); };
        double inside = 0.0, beside = 0.0;
        for (int j = -kBinInner; j <= kBinInner; ++j) inside += power(j);
        for (int j = kBinBeside; j <= kBinOuter; ++j) beside += power(j) + power(-j);
        constexpr double kInside = 2 * kBinInner + 1, kBeside = 2 * (kBinOuter - kBinBeside + 1);
        beside *= kInside / kBeside;

        const std::size_t n_windows = n_windows_[line * lanes_ + channel];
        if (n_windows == 0 || !(beside > 0.0)) continue;
        const double mean = 1.0 / static_cast<double>(n_windows);
        value.judged = true;
        value.ratio = static_cast<float>(inside / beside);
        value.hum_uv2 = static_cast<float>(std::max(0.0, inside - beside) * mean * per_line);
        value.beside_uv2 = static_cast<float>(beside * mean * per_line);
        value.density_uv2_hz = static_cast<float>(beside * mean * per_line / (kInside * grid_hz));

        int top = -kBinBeside;
        for (int j = top; j <= kBinBeside; ++j) top = power(j) > power(top) ? j : top;
        const int side = power(top + 1) > power(top - 1) ? 1 : -1;
        const double r = power(top) > 0.0 ? std::sqrt(power(top + side) / power(top)) : 0.0;
        // The place of a line between two bins, seen through Hann's window.
        const double offset = top + side * std::clamp((2.0 * r - 1.0) / (1.0 + r), 0.0, 0.5);
        value.peak_hz = static_cast<float>(base.taken_centre_hz + offset * grid_hz / harmonic);
    }
}

}  // namespace tonus
