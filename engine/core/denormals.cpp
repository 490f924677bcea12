#include "engine/core/denormals.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tonus {

#if defined(__SSE2__)

namespace {
constexpr unsigned kFlushToZero = 0x8000;
constexpr unsigned kDenormalsAreZero = 0x0040;
}  // namespace

FlushDenormals::FlushDenormals() noexcept : saved_(_mm_getcsr()) {
    _mm_setcsr(static_cast<unsigned>(saved_) | kFlushToZero | kDenormalsAreZero);
}

FlushDenormals::~FlushDenormals() { _mm_setcsr(static_cast<unsigned>(saved_)); }

#elif defined(__aarch64__)

namespace {
constexpr unsigned long kFlushToZero = 1ul << 24;
}

FlushDenormals::FlushDenormals() noexcept {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" ::"r"(saved_ | kFlushToZero));
}

FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved_)); }

#else

FlushDenormals::FlushDenormals() noexcept : saved_(0) {}
FlushDenormals::~FlushDenormals() = default;

#endif

}  // namespace tonus
