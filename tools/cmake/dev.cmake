# For work on the code: assertions, no optimiser, warnings stop. cmake -C tools/cmake/dev.cmake -B build/dev
set(CMAKE_BUILD_TYPE Debug CACHE STRING "" FORCE)
set(TONUS_WERROR ON CACHE BOOL "" FORCE)
