#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/activation/group.hpp"

namespace tonus {

/// An electrode site: where it lies and what it can be evidence for (domain 1.2).
struct Site {
    std::string_view id;       ///< "MF"
    std::string_view muscle;   ///< "lumbar multifidus, L5"
    MuscleClass muscle_class;
    double fidelity;           ///< A 0.9, B 0.75, C 0.5, D 0.25
};

std::span<const Site> sites() noexcept;

/// Nothing for an unknown id.
std::optional<Site> find_site(std::string_view id) noexcept;

}  // namespace tonus
