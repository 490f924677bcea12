#pragma once

#include "engine/activation/activation.hpp"
#include "engine/load/load_flag.hpp"

namespace tonus {

/// The load that the flag judges: the larger of the groups that the montage plans.
///
/// A clipped channel hides overload and counts as twice the maximum (domain 2.6). A planned group
/// without a value makes the load unknown, unless the other group is over the limit anyway; then
/// the reason stays, so that the flag can rise on it and never say under.
///
/// Source     domain 6.1, 6.2.
LoadTick load_input(const GroupTick& groups, float limit_mvc) noexcept;

}  // namespace tonus
