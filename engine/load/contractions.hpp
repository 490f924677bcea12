#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/load/bonato_onset.hpp"
#include "engine/load/cusum_onset.hpp"
#include "engine/load/threshold_onset.hpp"

namespace tonus {

/// The detectors of domain 6.7 with their usual settings.
enum class OnsetMethod {
    hodges,  ///< one SD for 50 ms
    tkeo,    ///< Teager-Kaiser operator, three SD for 25 ms
    bonato,  ///< double threshold, five and one
    cusum,   ///< evidence, dated back: the most exact
};

std::string_view onset_method_name(OnsetMethod method) noexcept;

/// Throws Error for a name that is none.
OnsetMethod onset_method(std::string_view name);

using OnsetDetector = std::variant<ThresholdOnset, BonatoOnset, CusumOnset>;

/// Throws Error as the detectors do of their baseline.
OnsetDetector make_onset_detector(OnsetMethod method, Rate rate, std::span<const float> baseline);

/// A contraction, in samples from 0. When it began and ended are estimates; each is known only when
/// its decision falls, so both are published.
struct Contraction {
    std::uint64_t onset = 0, onset_decided = 0;
    std::optional<std::uint64_t> offset = {}, offset_decided = {};  ///< none when it outlasts the signal
};

/// Puts a detector's onsets and offsets together to contractions.
///
/// Real time  process() does not allocate, lock, throw or call the system.
class ContractionFinder {
public:
    explicit ContractionFinder(OnsetDetector detector) : detector_(std::move(detector)) {}

    /// The contraction whose end was decided at this sample.
    std::optional<Contraction> process(float sample, bool valid = true) noexcept;

    /// The one that has not ended yet.
    const std::optional<Contraction>& unfinished() const noexcept { return open_; }

private:
    OnsetDetector detector_;
    std::uint64_t index_ = 0;
    std::optional<Contraction> open_;
};

}  // namespace tonus
