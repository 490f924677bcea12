#pragma once

#include <string_view>

namespace tonus {

/// What a muscle is in the model of the training (domain 1.1, 1.2).
enum class MuscleClass {
    local,      ///< deep stabiliser, seen by proxy
    global,     ///< big mover
    auxiliary,  ///< shown, in neither group
};

/// The letter of the session file: L, G or X.
constexpr std::string_view muscle_class_letter(MuscleClass muscle) noexcept {
    switch (muscle) {
        case MuscleClass::local: return "L";
        case MuscleClass::global: return "G";
        case MuscleClass::auxiliary: return "X";
    }
    return "X";
}

/// What a group needs to know of one of its channels.
struct ChannelRole {
    MuscleClass muscle = MuscleClass::auxiliary;
    double weight = 1.0;
    double fidelity = 0.9;       ///< of the site as evidence for its muscle (domain 1.2, "fid")
    double bandwidth_hz = 160.0; ///< statistical bandwidth B_s
    double mvc_window_s = 1.0;
    double mvc_spread = 0.0;     ///< CV of the reference: repeatability of its trials
};

}  // namespace tonus
