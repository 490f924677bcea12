#include "engine/activation/synergies.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

// Multiplicative updates creep: a single one explains little more long before the end.
constexpr std::size_t kCheckIterations = 10;

void check(const Envelopes& envelopes, std::size_t n_synergies, const SynergyConfig& config) {
    const std::size_t n = envelopes.n_sites;
    if (n == 0 || envelopes.values.empty() || envelopes.values.size() % n != 0) {
        throw usage_error(fmt::format("synergies: {} values are not whole rows of {} sites", envelopes.values.size(), n));
    }
    if (n_synergies == 0 || n_synergies > n) {
        throw usage_error(fmt::format("synergies: {} of {} sites; 1 to {} are possible", n_synergies, n, n));
    }
    if (config.n_restarts == 0 || config.n_iterations_max == 0) {
        throw usage_error("synergies: n_restarts and n_iterations_max must be at least 1; 50 and 1000 are the default");
    }
    bool any = false;
    for (std::size_t i = 0; i < envelopes.values.size(); ++i) {
        const double value = envelopes.values[i];
        if (!(value >= 0.0) || std::isinf(value)) {
            throw usage_error(fmt::format(
                "synergies: value {} of site {} is {:.4g}; envelopes are finite and not negative (clamp the undershoot "
                "of a zero-phase filter at 0)", i % (envelopes.values.size() / n), i / (envelopes.values.size() / n), value));
        }
        any |= value > 0.0;
    }
    if (!any) throw usage_error("synergies: all envelopes are zero");
}

/// One descent from one random start.
class Descent {
public:
    Descent(const Envelopes& envelopes, std::size_t n_synergies, Random& random)
        : v_(envelopes.values),
          n_sites_(envelopes.n_sites),
          n_frames_(v_.size() / n_sites_),
          k_(n_synergies),
          w_(n_sites_ * k_),
          h_(k_ * n_frames_),
          by_frame_(k_ * n_frames_),
          by_site_(n_sites_ * k_),
          gram_(k_ * k_),
          column_(k_) {
        for (const double value : v_) energy_ += value * value;
        for (double& value : w_) value = 0.01 + random.uniform();
        for (double& value : h_) value = 0.01 + random.uniform();
    }

    double run(const SynergyConfig& config) {
        double vaf = 0.0, checked = -1.0;
        for (std::size_t i = 1; i <= config.n_iterations_max; ++i) {
            update_activations();
            vaf = update_weights();
            if (i % kCheckIterations != 0) continue;
            if (vaf - checked < config.vaf_step_min) break;
            checked = vaf;
        }
        return vaf;
    }

    Synergies result() const;

private:
    void update_activations() {
        std::fill(by_frame_.begin(), by_frame_.end(), 0.0);  // W^T V
        std::fill(gram_.begin(), gram_.end(), 0.0);          // W^T W
        for (std::size_t site = 0; site < n_sites_; ++site) {
            for (std::size_t a = 0; a < k_; ++a) {
                const double weight = w_[site * k_ + a];
                for (std::size_t t = 0; t < n_frames_; ++t) by_frame_[a * n_frames_ + t] += weight * v_[site * n_frames_ + t];
                for (std::size_t b = 0; b < k_; ++b) gram_[a * k_ + b] += weight * w_[site * k_ + b];
            }
        }
        for (std::size_t t = 0; t < n_frames_; ++t) {
            for (std::size_t a = 0; a < k_; ++a) column_[a] = h_[a * n_frames_ + t];
            for (std::size_t a = 0; a < k_; ++a) scale(h_[a * n_frames_ + t], by_frame_[a * n_frames_ + t], a);
        }
    }

    /// Returns the share that is explained with the new weights.
    double update_weights() {
        for (std::size_t a = 0; a < k_; ++a) {
            for (std::size_t b = 0; b < k_; ++b) gram_[a * k_ + b] = dot(&h_[a * n_frames_], &h_[b * n_frames_]);  // H H^T
            for (std::size_t site = 0; site < n_sites_; ++site) {
                by_site_[site * k_ + a] = dot(&v_[site * n_frames_], &h_[a * n_frames_]);  // V H^T
            }
        }
        double error = energy_;
        for (std::size_t site = 0; site < n_sites_; ++site) {
            double* const row = &w_[site * k_];
            std::copy_n(row, k_, column_.begin());
            for (std::size_t a = 0; a < k_; ++a) scale(row[a], by_site_[site * k_ + a], a);
            // |v - wH|^2 = |v|^2 - 2 w (Hv) + w (H H^T) w, so the residual itself is never formed.
            for (std::size_t a = 0; a < k_; ++a) {
                error -= 2.0 * row[a] * by_site_[site * k_ + a];
                for (std::size_t b = 0; b < k_; ++b) error += row[a] * gram_[a * k_ + b] * row[b];
            }
        }
        return 1.0 - error / energy_;
    }

    /// The multiplicative update: a factor cannot make a positive number negative.
    void scale(double& value, double wanted, std::size_t a) const {
        double has = 0.0;
        for (std::size_t b = 0; b < k_; ++b) has += gram_[a * k_ + b] * column_[b];
        value = has > 0.0 ? value * wanted / has : 0.0;
    }

    double dot(const double* x, const double* y) const {
        double sum = 0.0;
        for (std::size_t t = 0; t < n_frames_; ++t) sum += x[t] * y[t];
        return sum;
    }

    std::span<const double> v_;
    std::size_t n_sites_, n_frames_, k_;
    double energy_ = 0.0;
    std::vector<double> w_, h_;              // [site][synergy], [synergy][frame]
    std::vector<double> by_frame_, by_site_;  // V seen through W, and through H
    std::vector<double> gram_;               // of W, then of H
    std::vector<double> column_;             // one frame or site before its update
};

Synergies Descent::result() const {
    Synergies synergies{.n_synergies = k_, .weights = w_, .activations = h_};
    for (std::size_t a = 0; a < k_; ++a) {
        double largest = 0.0;
        for (std::size_t site = 0; site < n_sites_; ++site) largest = std::max(largest, w_[site * k_ + a]);
        if (largest == 0.0) continue;
        for (std::size_t site = 0; site < n_sites_; ++site) synergies.weights[site * k_ + a] /= largest;
        for (std::size_t t = 0; t < n_frames_; ++t) synergies.activations[a * n_frames_ + t] *= largest;
    }
    double error_of_all = 0.0;
    for (std::size_t site = 0; site < n_sites_; ++site) {
        double error = 0.0, energy = 0.0;
        for (std::size_t t = 0; t < n_frames_; ++t) {
            const double value = v_[site * n_frames_ + t];
            double residual = value;
            for (std::size_t a = 0; a < k_; ++a) residual -= w_[site * k_ + a] * h_[a * n_frames_ + t];
            error += residual * residual;
            energy += value * value;
        }
        error_of_all += error;
        synergies.site_vaf.push_back(energy > 0.0 ? 1.0 - error / energy : 1.0);
    }
    synergies.vaf = 1.0 - error_of_all / energy_;
    return synergies;
}

}  // namespace

Synergies factorise(Envelopes envelopes, std::size_t n_synergies, const SynergyConfig& config) {
    check(envelopes, n_synergies, config);
    Random random{config.seed, n_synergies};
    Descent best{envelopes, n_synergies, random};
    double best_vaf = best.run(config);
    for (std::size_t start = 1; start < config.n_restarts; ++start) {
        Descent descent{envelopes, n_synergies, random};
        const double vaf = descent.run(config);
        if (vaf <= best_vaf) continue;
        best_vaf = vaf;
        best = std::move(descent);
    }
    Synergies synergies = best.result();
    synergies.sufficient = synergies.vaf >= config.vaf_min &&
                           std::all_of(synergies.site_vaf.begin(), synergies.site_vaf.end(),
                                       [&](double vaf) { return vaf >= config.site_vaf_min; });
    return synergies;
}

Synergies find_synergies(Envelopes envelopes, const SynergyConfig& config) {
    for (std::size_t n = 1;; ++n) {
        Synergies synergies = factorise(envelopes, n, config);
        if (synergies.sufficient || n == envelopes.n_sites) return synergies;
    }
}

}  // namespace tonus
