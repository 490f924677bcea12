# libFuzzer with AddressSanitizer and UBSan; clang only. cmake -C tools/cmake/fuzz.cmake -B build/fuzz
set(CMAKE_CXX_COMPILER clang++-14 CACHE STRING "")
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS
  "-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
  CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1" CACHE STRING "" FORCE)
set(TONUS_FUZZ ON CACHE BOOL "" FORCE)
set(TONUS_SANITIZED ON CACHE BOOL "" FORCE)
set(TONUS_BENCH OFF CACHE BOOL "" FORCE)
set(TONUS_TOOLS OFF CACHE BOOL "" FORCE)
