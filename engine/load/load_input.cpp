#include "engine/load/load_input.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr float kSaturatedMvc = 2.0f;

struct GroupLoad {
    bool valid = false;
    float value_mvc = 0.0f;
};

GroupLoad load_of(const GroupEstimate& group) noexcept {
    if (group.saturated) return {.valid = true, .value_mvc = kSaturatedMvc};
    return {.valid = group.valid, .value_mvc = group.value};
}

}  // namespace

LoadTick load_input(const GroupTick& groups, float limit_mvc) noexcept {
    LoadTick load{.index = groups.index};
    if (!groups.local.planned && !groups.global.planned) {
        load.reason = Reason::no_group;
        return load;
    }
    bool all_valid = true;
    for (const GroupEstimate* group : {&groups.local, &groups.global}) {
        if (!group->planned) continue;
        const GroupLoad part = load_of(*group);
        if (part.valid) {
            load.value_mvc = std::max(load.value_mvc, part.value_mvc);
        } else {
            all_valid = false;
            load.reason = std::max(load.reason, group->reason);
        }
    }
    load.valid = all_valid || load.value_mvc >= limit_mvc;
    return load;
}

}  // namespace tonus
