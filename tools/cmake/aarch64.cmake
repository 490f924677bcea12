# Debian's cross compiler and QEMU's user mode:
# cmake -S tests/aarch64 -B build/aarch64 -DCMAKE_TOOLCHAIN_FILE=$PWD/tools/cmake/aarch64.cmake
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -cpu max)
