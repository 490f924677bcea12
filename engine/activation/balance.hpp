#pragma once

#include <cstdint>
#include <optional>

namespace tonus {

/// Two sides, or two muscles, as fractions of MVC.
struct Pair {
    double first = 0.0;   ///< right, or the agonist
    double second = 0.0;  ///< left, or the antagonist
};

/// Under this on both sides an index would compare noise with noise (domain 7).
inline constexpr double kBalanceMvcMin = 0.05;

/// A side index beyond this, over a whole set, is worth the words "left and right differ in this
/// set" and no others: what it means for a back has not been established (domain 7).
inline constexpr double kSideDifference = 0.30;

/// (R - L) / ((R + L) / 2): between -2 and 2, zero when equal. Nothing when neither exceeds 5 % MVC.
std::optional<double> side_index(Pair right_left) noexcept;

/// log2(R / L). Nothing when neither exceeds 5 % MVC, or one is silent.
std::optional<double> log_ratio(Pair right_left) noexcept;

/// The smaller over the larger: 1 when equal. Nothing when neither exceeds 5 % MVC.
std::optional<double> limb_symmetry(Pair right_left) noexcept;

/// Compares two activations over a repetition or a set, as they stream by.
///
/// The two co-contraction indices answer different questions and must not be exchanged. Winter's
/// is the share of the areas in common: 1 for two equal signals however small, so show it only
/// beside the level. Rudolph's grows with the level.
///
/// Input      two normalised activations per tick. A tick with only one of them is left out.
/// Output     nothing before the first tick, or when the mean of neither exceeds 5 % MVC.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 7 (Falconer & Winter 1985; Rudolph 2000).
class Balance {
public:
    void process(Pair pair, bool valid = true) noexcept;

    std::uint64_t n_valid() const noexcept { return n_valid_; }
    Pair mean() const noexcept;

    std::optional<double> side_index() const noexcept { return tonus::side_index(mean()); }
    std::optional<double> log_ratio() const noexcept { return tonus::log_ratio(mean()); }
    std::optional<double> limb_symmetry() const noexcept { return tonus::limb_symmetry(mean()); }

    /// 2 x common area / (area + area), 0 to 1.
    std::optional<double> co_contraction_winter() const noexcept;

    /// Mean of (low / high) (low + high), a fraction of MVC.
    std::optional<double> co_contraction_rudolph() const noexcept;

    /// Mean of the agonist over mean of the antagonist. Nothing when the antagonist is silent.
    std::optional<double> agonist_ratio() const noexcept;

private:
    std::uint64_t n_valid_ = 0;
    Pair sum_;
    double common_ = 0.0;
    double rudolph_ = 0.0;
};

}  // namespace tonus
