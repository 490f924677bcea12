#include "engine/activation/site.hpp"

#include <array>

namespace tonus {
namespace {

constexpr double kA = 0.9, kB = 0.75, kC = 0.5, kD = 0.25;

constexpr std::array<Site, 21> kSites{{
    {"MF", "lumbar multifidus, L5", MuscleClass::local, kB},
    {"IOT", "internal oblique / transversus region", MuscleClass::local, kC},
    {"LT", "longissimus thoracis, L1", MuscleClass::global, kA},
    {"ICT", "iliocostalis, thoracic part", MuscleClass::global, kB},
    {"ICL", "iliocostalis, lumbar part", MuscleClass::global, kB},
    {"RA", "rectus abdominis", MuscleClass::global, kA},
    {"EO", "external oblique", MuscleClass::global, kB},
    {"LD", "latissimus dorsi", MuscleClass::global, kA},
    {"TU", "trapezius, upper", MuscleClass::auxiliary, kA},
    {"TM", "trapezius, middle", MuscleClass::auxiliary, kB},
    {"TL", "trapezius, lower", MuscleClass::auxiliary, kB},
    {"RH", "rhomboids", MuscleClass::auxiliary, kD},
    {"GMX", "gluteus maximus", MuscleClass::auxiliary, kA},
    {"GMD", "gluteus medius", MuscleClass::auxiliary, kA},
    {"BF", "biceps femoris", MuscleClass::auxiliary, kA},
    {"ST", "semitendinosus", MuscleClass::auxiliary, kA},
    {"VL", "vastus lateralis", MuscleClass::auxiliary, kA},
    {"VM", "vastus medialis", MuscleClass::auxiliary, kA},
    {"RF", "rectus femoris", MuscleClass::auxiliary, kA},
    // Not of the trunk programme, for recordings of arms and shoulders.
    {"BB", "biceps brachii", MuscleClass::auxiliary, kA},
    {"OTHER", "another site", MuscleClass::auxiliary, kD},
}};

}  // namespace

std::span<const Site> sites() noexcept { return kSites; }

std::optional<Site> find_site(std::string_view id) noexcept {
    for (const Site& site : kSites) {
        if (site.id == id) return site;
    }
    return std::nullopt;
}

}  // namespace tonus
