#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tonus {

/// splitmix64 (Steele, Lea, Flood 2014): spreads one seed over independent streams.
class SplitMix64 {
public:
    explicit constexpr SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

    constexpr std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

/// xoshiro256++ (Blackman & Vigna 2019), seeded by splitmix64, with a normal deviate by the polar
/// method, so that results do not depend on the standard library (domain 11.1).
class Random {
public:
    /// `stream` gives each source its own sequence under one seed.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) noexcept {
        SplitMix64 mix{seed ^ SplitMix64{stream}.next()};
        for (std::uint64_t& word : state_) word = mix.next();
    }

    std::uint64_t next() noexcept {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// Uniform in [0, 1).
    double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Uniform in 0 .. n-1; n > 0.
    std::uint64_t below(std::uint64_t n) noexcept {
        return static_cast<std::uint64_t>(uniform() * static_cast<double>(n));
    }

    /// Normal with mean 0 and standard deviation 1.
    double normal() noexcept {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        double u = 0.0, v = 0.0, s = 0.0;
        do {
            u = 2.0 * uniform() - 1.0;
            v = 2.0 * uniform() - 1.0;
            s = u * u + v * v;
        } while (s >= 1.0 || s == 0.0);
        const double factor = std::sqrt(-2.0 * std::log(s) / s);
        spare_ = v * factor;
        has_spare_ = true;
        return u * factor;
    }

private:
    std::array<std::uint64_t, 4> state_{};
    double spare_ = 0.0;
    bool has_spare_ = false;
};

/// A seed from the operating system, for runs that need not be repeated.
std::uint64_t entropy_seed();

}  // namespace tonus
