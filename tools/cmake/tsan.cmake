# ThreadSanitizer, assertions on. cmake -C tools/cmake/tsan.cmake -B build/tsan
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
# Asio's fences are what ThreadSanitizer cannot follow; its mutexes order the same things.
set(CMAKE_CXX_FLAGS "-fsanitize=thread -fno-omit-frame-pointer -DBOOST_ASIO_DISABLE_FENCED_BLOCK"
  CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1" CACHE STRING "" FORCE)
set(TONUS_SANITIZED ON CACHE BOOL "" FORCE)
set(TONUS_BENCH OFF CACHE BOOL "" FORCE)
# What has no thread of its own has been tested without.
set(TONUS_TEST_PATHS "core/|ring/|sinks/(recorder|sinks)_|pipeline/live|tools/(bench|check|commands|emulate|live|record)_|driver/|transport/|lsl/|plugin/"
    CACHE STRING "" FORCE)
