#include "engine/core/tick.hpp"

namespace tonus {

std::string_view reason_name(Reason reason) noexcept {
    switch (reason) {
        case Reason::none: return "";
        case Reason::settling: return "settling";
        case Reason::gap: return "gap";
        case Reason::not_a_number: return "not_a_number";
        case Reason::saturated: return "saturated";
        case Reason::lead_off: return "lead_off";
        case Reason::stale: return "stale";
        case Reason::rest_missing: return "rest_missing";
        case Reason::mvc_missing: return "mvc_missing";
        case Reason::reference_invalid: return "reference_invalid";
        case Reason::reference_rve: return "not_applicable_rve";
        case Reason::group_incomplete: return "group_incomplete";
        case Reason::no_group: return "no_group";
    }
    return "";
}

std::string_view reason_advice(Reason reason) noexcept {
    switch (reason) {
        case Reason::none: return "";
        case Reason::settling: return "the filters are settling: wait a quarter of a second";
        case Reason::gap: return "samples are being lost: check radio range or cable";
        case Reason::not_a_number: return "the device sends impossible values: restart it";
        case Reason::saturated: return "the amplifier clips: lower its gain";
        case Reason::lead_off: return "an electrode or cable is off: press it on again";
        case Reason::stale: return "a device has stopped sending: check its power and cable";
        case Reason::rest_missing: return "no resting level: run tonus calibrate";
        case Reason::mvc_missing: return "no maximal contraction: run tonus calibrate";
        case Reason::reference_invalid:
            return "the calibrated maximum is not three times the resting level: calibrate again";
        case Reason::reference_rve:
            return "a submaximal reference has no third of maximum: calibrate with MVC trials";
        case Reason::group_incomplete: return "too few channels of a group are usable";
        case Reason::no_group:
            return "no channel is of class L or G: give the montage local or global muscles";
    }
    return "";
}

}  // namespace tonus
