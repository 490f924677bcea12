#include "engine/normalise/mvc_reference.hpp"

namespace tonus {
namespace {

constexpr double kMvcOverRestMin = 3.0;

}  // namespace

Reason reference_problem(const std::optional<MvcReference>& reference) noexcept {
    if (!reference || !(reference->mvc_uv > 0.0)) return Reason::mvc_missing;
    if (reference->method == ReferenceMethod::rve) return Reason::reference_rve;
    if (!(reference->rest_uv > 0.0)) return Reason::rest_missing;
    if (reference->unbiased_mvc_uv() < kMvcOverRestMin * reference->rest_uv) {
        return Reason::reference_invalid;
    }
    return Reason::none;
}

}  // namespace tonus
