#include "engine/condition/lane_cascade.hpp"

#include <algorithm>

namespace tonus {

template <class T>
LaneCascade<T>::LaneCascade(std::span<const std::vector<Section>> channels) {
    std::vector<UnitSections> units;
    for (const std::vector<Section>& sections : channels) units.push_back(unit_sections(sections));
    shape_ = lane_shape(units);
    kernel_ = lane_kernel<T>(shape_);
    coefficients_ = lane_coefficients<T>(shape_, units);
    states_.assign(shape_.n_groups() * shape_.n_states() * kLaneGroup, T{0});
}

template <class T>
void LaneCascade<T>::reset() noexcept {
    std::fill(states_.begin(), states_.end(), T{0});
}

template <class T>
void LaneCascade<T>::process_group_of(std::size_t channel, LaneFrames<T> frames) noexcept {
    const std::size_t group = channel / kLaneGroup, lane = group * kLaneGroup;
    LaneShape of_group = shape_;
    of_group.n_lanes = std::min(kLaneGroup, shape_.n_lanes - lane);
    kernel_(of_group, coefficients_.data() + lane * shape_.n_coefficients(), states_.data() + lane * shape_.n_states(),
            {frames.in + lane, frames.out + lane, frames.stride, frames.n_frames});
}

template class LaneCascade<float>;
template class LaneCascade<double>;

}  // namespace tonus
