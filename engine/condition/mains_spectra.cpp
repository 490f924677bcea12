#include "engine/condition/mains_spectra.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/condition/square_sums.hpp"

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
constexpr std::size_t kBins = 2 * kBinMax + 1, kBinsUp = kBinMax + 1;
constexpr double kHannPower = 0.375;

constexpr std::size_t bin_of(int j) noexcept { return static_cast<std::size_t>(j + kBinMax); }

std::size_t n_harmonics_up_to(double high_hz, double nominal_hz) { return static_cast<std::size_t>(high_hz / nominal_hz); }

}  // namespace

MainsSpectra::MainsSpectra(Rate rate, std::size_t n_channels, double high_hz)
    : lanes_(padded_lanes(n_channels)),
      n_channels_(n_channels),
      rate_hz_(rate.hz()),
      n_block_(static_cast<std::size_t>(std::lround(kBlockS * rate_hz_))),
      n_half_(static_cast<std::size_t>(std::lround(kHalfS * rate_hz_ / static_cast<double>(n_block_)))),
      n_flagged_max_(static_cast<std::size_t>(kFlaggedMax * static_cast<double>(n_half_ * n_block_))),
      mixer_(n_block_, n_harmonics_up_to(high_hz, kNominalHz[0]) + n_harmonics_up_to(high_hz, kNominalHz[1]), lanes_),
      bins_of_(n_half_, kBinsUp, lanes_) {
    for (std::size_t b = 0; b < kBases; ++b) {
        bases_[b].next_centre_hz = kNominalHz[b];
        bases_[b].n_lines_max = n_harmonics_up_to(high_hz, kNominalHz[b]);
    }
    const std::size_t n_lines_max = bases_[0].n_lines_max + bases_[1].n_lines_max;
    const std::size_t n = n_lines_max * lanes_;
    frames_.resize((n_block_ + 1) * lanes_, 0.0f);
    weight_.resize(lanes_, 0.0f);
    for (AlignedVector<float>* sums : {&cosines_, &sines_}) sums->resize(std::max(n, 2 * kBinsUp * lanes_), 0.0f);
    block_sums_.resize(2 * n_half_ * n, 0.0f);
    for (AlignedVector<float>* half : {&half_re_, &half_im_}) half->resize(2 * kBins * n, 0.0f);
    power_.resize(kBins * n, 0.0f);
    n_windows_.resize(n, 0);
    values_.resize(n);
    n_flagged_.resize(n_channels, 0);
    for (std::vector<std::uint8_t>& ok : half_ok_) ok.resize(n_channels, 0);
    for (std::size_t j = 0; j < kBinsUp; ++j) {
        const double per_block = kTurn * static_cast<double>(j) / static_cast<double>(2 * n_half_);
        bins_of_.set_line(j, per_block);
        turns_.push_back(std::complex<float>{std::polar(1.0, per_block * bins_of_.middle())});
    }
    restart();
}

void MainsSpectra::restart() noexcept {
    frame_ = 0;
    place_ = {};
    has_last_ = false;
    has_half_ = false;
    std::fill(n_flagged_.begin(), n_flagged_.end(), 0u);
}

MainsBins MainsSpectra::zero_bin(std::size_t half, std::size_t line) noexcept {
    const std::size_t at = (((half % 2) * n_lines_ + line) * kBins + bin_of(0)) * lanes_;
    return {half_re_.data() + at, half_im_.data() + at};
}

void MainsSpectra::begin_spectrum() noexcept {
    n_lines_ = 0;
    for (std::size_t b = 0; b < kBases; ++b) {
        Base& base = bases_[b];
        base.centre_hz = base.next_centre_hz;
        base.with_harmonics = base.next_with_harmonics;
        base.first_line = n_lines_;
        base.n_lines = base.with_harmonics ? base.n_lines_max : std::min<std::size_t>(base.n_lines_max, 1);
        for (std::size_t k = 1; k <= base.n_lines; ++k) {
            mixer_.set_line(n_lines_, kTurn * static_cast<double>(k) * base.centre_hz / rate_hz_);
            lines_[n_lines_++] = {b, k};
        }
    }
    mixer_.use_lines(n_lines_);
}

std::size_t MainsSpectra::process(const Block<unit::Microvolt>& block) noexcept {
    is_whole_ = false;
    std::size_t n_done = 0;
    while (n_done < block.n_frames() && !is_whole_) {
        // Not before: the spectrum that begins with it waits for what is set after the last.
        if (frame_ == n_block_) end_block();
        const std::size_t n = std::min(block.n_frames() - n_done, n_block_ - frame_);
        keep(block.from(n_done).first(n));
        n_done += n;
        const std::size_t until = has_half_ ? frame_ * n_lines_ / n_block_ : next_line_;
        for (; next_line_ < until; ++next_line_) {
            transform(next_line_);
            if (half_ > 0) add_window(next_line_);
            if (half_ + 1 == kHalves) evaluate(next_line_);
        }
        is_whole_ = frame_ == n_block_ && has_half_ && half_ + 1 == kHalves;
    }
    return n_done;
}

/// Frames of one block.
void MainsSpectra::keep(const Block<unit::Microvolt>& run) noexcept {
    const float* const samples = run.lanes(0).data();
    if (!has_last_) std::copy_n(samples, lanes_, frames_.begin());  // the first makes no step
    has_last_ = true;
    std::copy_n(samples, run.n_frames() * lanes_, frames_.begin() + static_cast<std::ptrdiff_t>((1 + frame_) * lanes_));
    frame_ += run.n_frames();
    const std::uint8_t* const flags = run.flags(0).data();
    if (!any_flagged(flags, kLanes, run.n_frames() * lanes_ / kLanes)) return;
    for (std::size_t group = 0; group < lanes_; group += kLanes) {
        if (!any_flagged(flags + group, lanes_, run.n_frames())) continue;
        for (std::size_t i = 0; i < run.n_frames(); ++i) {
            for (std::size_t ch = group; ch < std::min(group + kLanes, n_channels_); ++ch) n_flagged_[ch] += run.flags(i)[ch] != 0 ? 1u : 0u;
        }
    }
}

void MainsSpectra::end_block() noexcept {
    if (place_.block == 0 && place_.half == 0) begin_spectrum();
    mix();
    std::copy_n(frames_.end() - static_cast<std::ptrdiff_t>(lanes_), lanes_, frames_.begin());
    frame_ = 0;
    has_half_ = false;
    for (Base& base : bases_) {
        base.phase += static_cast<double>(n_block_) * base.centre_hz / rate_hz_;
        base.phase -= std::floor(base.phase);
    }
    if (++place_.block == n_half_) end_half();
}

/// The sums of a block, turned back from its middle to where its oscillators began.
void MainsSpectra::mix() noexcept {
    mixer_.process_steps(frames_.data() + lanes_, cosines_.data(), sines_.data());
    for (const Base& base : bases_) {
        const double angle = kTurn * (base.phase + mixer_.middle() * base.centre_hz / rate_hz_);
        const std::complex<double> fundamental = std::polar(1.0, angle);
        std::complex<double> turn = fundamental;
        for (std::size_t line = base.first_line; line < base.first_line + base.n_lines; ++line) {
            const auto c = static_cast<float>(turn.real()), s = static_cast<float>(turn.imag());
            const float* const cosine = cosines_.data() + line * lanes_;
            const float* const sine = sines_.data() + line * lanes_;
            float* const re = block_sums(line, 0) + place_.block * lanes_;
            float* const im = block_sums(line, 1) + place_.block * lanes_;
            for (std::size_t lane = 0; lane < lanes_; ++lane) re[lane] = cosine[lane] * c - sine[lane] * s;
            for (std::size_t lane = 0; lane < lanes_; ++lane) im[lane] = -cosine[lane] * s - sine[lane] * c;
            turn = {turn.real() * fundamental.real() - turn.imag() * fundamental.imag(),
                    turn.real() * fundamental.imag() + turn.imag() * fundamental.real()};
        }
    }
}

void MainsSpectra::end_half() noexcept {
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        half_ok_[place_.half % 2][channel] = n_flagged_[channel] <= n_flagged_max_ ? 1 : 0;
        n_flagged_[channel] = 0;
    }
    has_half_ = true;
    half_ = place_.half;
    next_line_ = 0;
    for (Base& base : bases_) base.half_centre_hz = base.centre_hz;
    place_ = {.block = 0, .half = (place_.half + 1) % kHalves};
}

void MainsSpectra::transform(std::size_t line) noexcept {
    bins_of_.process(block_sums(line, 0), cosines_.data(), sines_.data());
    bins_of_.process(block_sums(line, 1), cosines_.data() + kBinsUp * lanes_, sines_.data() + kBinsUp * lanes_);
    unfold_bins(cosines_.data(), sines_.data(), turns_.data(), kBinsUp, lanes_, zero_bin(half_, line));
}

/// Two halves are a window.
void MainsSpectra::add_window(std::size_t line) noexcept {
    const std::size_t second = half_, first = second - 1;
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
    add_window_power(zero_bin(first, line), zero_bin(second, line), weight_.data(), kBinOuter, lanes_, power + bin_of(0) * lanes_);
}

void MainsSpectra::evaluate(std::size_t line) noexcept {
    const Base& base = bases_[lines_[line].base];
    const auto harmonic = static_cast<double>(lines_[line].harmonic);
    const double n_window = static_cast<double>(2 * n_half_ * n_block_);
    // Of the differences the samples were turned into.
    const double gain = 2.0 * std::sin(0.5 * kTurn * harmonic * base.half_centre_hz / rate_hz_);
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
        value.peak_hz = static_cast<float>(base.half_centre_hz + offset * grid_hz / harmonic);
    }
}

}  // namespace tonus
