#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace tonus {

/// The one place that knows a Fourier library: FFTW, or KissFFT in a build without GPL parts
/// (CMake option TONUS_FFTW). Single precision.
///
/// Real time  power() does not allocate, lock, throw or call the system. The plan is made in the
///            constructor, which may take milliseconds.
/// Threads    one at a time: it works in its own buffers.
class RealFft {
public:
    /// Throws Error unless n is even and 2 to 2^20.
    explicit RealFft(std::size_t n);
    ~RealFft();
    RealFft(const RealFft& other);
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;

    std::size_t size() const noexcept { return n_; }

    /// Where the n samples of a window go.
    std::span<float> input() noexcept;

    /// |X_k|^2 of the input, k = 0 .. n/2, or only the first `n_bins` of them; the input is lost. Valid
    /// until the next call.
    std::span<const float> power(std::size_t n_bins = static_cast<std::size_t>(-1)) noexcept;

private:
    struct Plan;
    std::size_t n_;
    std::unique_ptr<Plan> plan_;
};

/// The name of the library behind it.
const char* fft_library() noexcept;

}  // namespace tonus
