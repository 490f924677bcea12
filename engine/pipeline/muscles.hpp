#pragma once

#include <optional>
#include <vector>

#include "engine/activation/activation.hpp"
#include "engine/envelope/combine.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// Which channels lie over one muscle, by their `part_of`; a channel of its own is a muscle of its own.
std::vector<std::vector<std::size_t>> channels_by_muscle(const Session& session);

/// Makes one activation of several channels over one muscle where a session says so, so that a
/// muscle under two electrodes counts once in its group.
///
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 3.8.
class Muscles {
public:
    explicit Muscles(const Session& session);

    /// One value per muscle, which its channels are told too; without any `part_of`, the channels
    /// as they came.
    Tick<unit::Mvc> process(const Tick<unit::Mvc>& activation, std::span<ChannelResult> channels) noexcept;

private:
    std::vector<std::vector<std::size_t>> channels_;  // of each muscle
    std::optional<Combine> combine_;
};

}  // namespace tonus
