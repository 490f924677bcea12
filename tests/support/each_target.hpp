#pragma once

#include <cstdint>

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace tonus::test {

/// Runs a test with each instruction set that was compiled in and this machine has, one forced after
/// the other. Kernels are chosen at set-up: what is tested is made inside.
template <class Run>
void each_target(Run&& run) {
#ifdef HWY_COMPILE_ONLY_STATIC
    run();  // there is one (tests/aarch64)
#else
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        SCOPED_TRACE(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        run();
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
#endif
}

}  // namespace tonus::test
