#pragma once

namespace tonus {

/// The widest vector instructions that this processor has and the kernels were compiled for, as
/// Highway names them: AVX3_ZEN4, AVX3, AVX2, SSE4, NEON, SVE, EMU128 ... What run-time dispatch takes.
const char* instruction_set() noexcept;

}  // namespace tonus
