// Replaces the allocator's and the lock functions' entries for the whole process: what comes
// through here under a guard is an offence, then goes on as ever.

#include "tests/realtime/realtime_guard.hpp"

#include <cstdarg>
#include <cstddef>


#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace tonus::test {

static thread_local bool forbidden = false;
static thread_local Offences seen;

static void offend(const char* what) noexcept {
    if (!forbidden) return;
    if (seen.count++ == 0) seen.first = what;
}

template <class Function>
static Function next(const char* name) noexcept {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

RealtimeGuard::RealtimeGuard() noexcept { forbidden = true; }
RealtimeGuard::~RealtimeGuard() { forbidden = false; }
Offences offences() noexcept { return seen; }
void forget_offences() noexcept { seen = {}; }

}  // namespace tonus::test

using tonus::test::offend;

extern "C" {

void* malloc(std::size_t n) {
    offend("malloc");
    return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) {
    offend("calloc");
    return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) {
    offend("realloc");
    return __libc_realloc(p, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) {
    offend("aligned_alloc");
    return __libc_memalign(alignment, n);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t n) {
    offend("posix_memalign");
    *p = __libc_memalign(alignment, n);
    return *p == nullptr ? 12 : 0;
}
void free(void* p) {
    if (p != nullptr) offend("free");
    __libc_free(p);
}
int pthread_mutex_lock(pthread_mutex_t* mutex) {
    static const auto real = tonus::test::next<int (*)(pthread_mutex_t*)>("pthread_mutex_lock");
    offend("pthread_mutex_lock");
    return real(mutex);
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static const auto real =
        tonus::test::next<int (*)(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait");
    offend("pthread_cond_wait");
    return real(condition, mutex);
}

// The engine's own calls to the system go through here too (its doorbell does).
long syscall(long number, ...) {
    static const auto real = tonus::test::next<long (*)(long, ...)>("syscall");
    offend("syscall");
    va_list list;
    va_start(list, number);
    long argument[6];
    for (long& a : argument) a = va_arg(list, long);
    va_end(list);
    return real(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}
ssize_t write(int file, const void* data, std::size_t n) {
    static const auto real = tonus::test::next<ssize_t (*)(int, const void*, std::size_t)>("write");
    offend("write");
    return real(file, data, n);
}

}  // extern "C"
