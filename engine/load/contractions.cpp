#include "engine/load/contractions.hpp"

#include <array>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

struct Named {
    OnsetMethod method;
    std::string_view name;
};
constexpr std::array<Named, 4> kMethods{
    {{OnsetMethod::hodges, "hodges"}, {OnsetMethod::tkeo, "tkeo"}, {OnsetMethod::bonato, "bonato"}, {OnsetMethod::cusum, "cusum"}}};

}  // namespace

std::string_view onset_method_name(OnsetMethod method) noexcept { return kMethods[static_cast<std::size_t>(method)].name; }

OnsetMethod onset_method(std::string_view name) {
    for (const Named& known : kMethods) {
        if (known.name == name) return known.method;
    }
    throw usage_error(fmt::format("onset detector '{}' is not one of hodges tkeo bonato cusum", name));
}

OnsetDetector make_onset_detector(OnsetMethod method, Rate rate, std::span<const float> baseline) {
    switch (method) {
        case OnsetMethod::hodges: return ThresholdOnset{{.rate = rate}, baseline};
        case OnsetMethod::tkeo: return ThresholdOnset{ThresholdOnsetConfig::teager_kaiser(rate), baseline};
        case OnsetMethod::bonato: return BonatoOnset{{.rate = rate}, baseline};
        case OnsetMethod::cusum: break;
    }
    return CusumOnset{{.rate = rate}, baseline};
}

std::optional<Contraction> ContractionFinder::process(float sample, bool valid) noexcept {
    const OnsetResult result = std::visit([=](auto& detector) { return detector.process(sample, valid); }, detector_);
    const std::uint64_t index = index_++;
    if (result.change == Change::onset) open_ = Contraction{.onset = result.since, .onset_decided = index};
    if (result.change != Change::offset || !open_) return std::nullopt;
    Contraction ended = *open_;
    ended.offset = result.since;
    ended.offset_decided = index;
    open_.reset();
    return ended;
}

}  // namespace tonus
