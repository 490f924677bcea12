#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tonus {

/// The known word nearest to a mistyped one, by edits of one letter (swaps count as one); empty
/// when none is near enough to be meant.
std::string nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace tonus
