#include "engine/condition/lane_kernel.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/block.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

// A pole on each zero: y = x + s1 with states that stay at exactly 0.
constexpr Section kBandWire{1.0, 0.0, -1.0, 0.0, -1.0}, kPairWire{1.0, 0.0, 1.0, 0.0, 1.0};

const Section& section_or(const std::vector<Section>& sections, std::size_t i, const Section& wire) {
    return i < sections.size() ? sections[i] : wire;
}

/// One channel's rows, from the gain on.
std::vector<double> column(const LaneShape& shape, const UnitSections& channel) {
    std::vector<double> rows{channel.gain};
    for (std::size_t i = 0; i < shape.n_bands; ++i) {
        const Section& band = section_or(channel.bands, i, kBandWire);
        rows.insert(rows.end(), {band.a1, band.a2});
    }
    for (std::size_t i = 0; i < shape.n_pairs; ++i) {
        const Section& pair = section_or(channel.pairs, i, kPairWire);
        rows.insert(rows.end(), {pair.b1, pair.a1, pair.a2});
    }
    return rows;
}

}  // namespace

LaneShape lane_shape(const std::vector<UnitSections>& channels) {
    LaneShape shape{.n_lanes = padded_lanes(channels.size())};
    for (const UnitSections& channel : channels) {
        shape.n_bands = std::max(shape.n_bands, (channel.bands.size() + 1) / 2 * 2);
        shape.n_pairs = std::max(shape.n_pairs, channel.pairs.size());
    }
    if (shape.n_bands > kLaneBandsMax || shape.n_pairs > kLanePairsMax) {
        throw usage_error(fmt::format("a cascade of {} band-pass and {} other sections does not fit: at most {} and {}",
                                      shape.n_bands, shape.n_pairs, kLaneBandsMax, kLanePairsMax));
    }
    return shape;
}

template <class T>
AlignedVector<T> lane_coefficients(const LaneShape& shape, const std::vector<UnitSections>& channels) {
    const std::size_t n_rows = shape.n_coefficients();
    AlignedVector<T> all(shape.n_groups() * n_rows * kLaneGroup, T{0});
    for (std::size_t lane = 0; lane < shape.n_groups() * kLaneGroup; ++lane) {
        const std::vector<double> rows = column(shape, lane < channels.size() ? channels[lane] : UnitSections{});
        T* const group = all.data() + lane / kLaneGroup * n_rows * kLaneGroup;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            group[row * kLaneGroup + lane % kLaneGroup] = static_cast<T>(rows[row]);
        }
    }
    return all;
}

template AlignedVector<float> lane_coefficients<float>(const LaneShape&, const std::vector<UnitSections>&);
template AlignedVector<double> lane_coefficients<double>(const LaneShape&, const std::vector<UnitSections>&);

}  // namespace tonus
