#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace tonus {

/// A cache line, and the widest vector register.
inline constexpr std::size_t kAlignment = 64;

/// Allocates whole cache lines: a register loaded across two of them costs two loads.
template <class T>
struct AlignedAllocator {
    using value_type = T;

    AlignedAllocator() noexcept = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) noexcept {}

    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{kAlignment})); }
    void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, std::align_val_t{kAlignment}); }

    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) noexcept { return true; }
};

/// For what vector registers are loaded from.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tonus
