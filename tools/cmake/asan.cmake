# AddressSanitizer and UBSan by clang, assertions on, and the libFuzzer targets with them.
# cmake -C tools/cmake/asan.cmake -B build/asan
set(CMAKE_CXX_COMPILER clang++-14 CACHE STRING "")
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS
  "-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
  CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1" CACHE STRING "" FORCE)
set(TONUS_SANITIZED ON CACHE BOOL "" FORCE)
set(TONUS_FUZZ ON CACHE BOOL "" FORCE)
set(TONUS_BENCH OFF CACHE BOOL "" FORCE)
