#pragma once

#include <string>
#include <vector>

#include "drivers/sim/movement.hpp"

namespace tonus {

/// The simulated person: how strong each muscle is, and what it does when. The truth that the
/// pipeline is measured against.
///
/// Threads  a value without hidden state: safe to share.
/// Source   domain 11.1, 11.2.
class SimulatedSubject {
public:
    explicit SimulatedSubject(const SimOptions& options);

    std::size_t n_channels() const noexcept { return labels_.size(); }
    const std::string& label(std::size_t channel) const noexcept { return labels_[channel]; }
    bool is_local(std::size_t channel) const noexcept { return local_[channel]; }

    /// RMS of the muscle's own signal at full contraction, before noise and filters.
    double sigma_mvc_uv(std::size_t channel) const noexcept { return sigma_mvc_uv_[channel]; }

    /// How hard the muscle works, as a fraction of its maximum.
    double activation(std::size_t channel, double t_s) const noexcept;

private:
    struct Tremor {
        double hz, turn;
    };
    double profile(std::size_t channel, double t_s) const noexcept;
    double demo(bool local, double t_s) const noexcept;
    double efforts(double t_s, double rest_s, double hold_s) const noexcept;
    SimSide working_side(double t_s) const noexcept;
    double step(double t_s) const noexcept;

    SimOptions options_;
    Movement movement_;
    std::vector<std::string> labels_;
    std::vector<bool> local_;
    std::vector<double> sigma_mvc_uv_;
    std::vector<Tremor> tremor_;
};

}  // namespace tonus
