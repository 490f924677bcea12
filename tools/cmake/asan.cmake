# AddressSanitizer and UBSan, assertions on. cmake -C tools/cmake/asan.cmake -B build/asan
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
  CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1" CACHE STRING "" FORCE)
set(TONUS_SANITIZED ON CACHE BOOL "" FORCE)
set(TONUS_BENCH OFF CACHE BOOL "" FORCE)
