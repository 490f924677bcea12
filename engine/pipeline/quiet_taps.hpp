#pragma once

#include "engine/pipeline/taps.hpp"

namespace tonus {

/// Taps that watch nothing: a watcher overrides what it looks at.
class QuietTaps : public Taps {
public:
    void gated(std::size_t, const Block<unit::Microvolt>&) override {}
    void conditioned(std::size_t, const Block<unit::Microvolt>&) override {}
    void skipped(std::size_t, std::size_t) override {}
    void energy(std::size_t, const EnergyTick&) override {}
    void envelope(std::size_t, const Tick<unit::Microvolt>&) override {}
    void template_tick(std::size_t, const EnergyTick&, const Tick<unit::Microvolt>&) override {}
    void template_samples(std::size_t, const Block<unit::Microvolt>&) override {}
    void activation(const Tick<unit::Mvc>&) override {}
};

}  // namespace tonus
