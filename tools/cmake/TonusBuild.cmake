# What every target of Tonus shares: dialect, warnings, where binaries go, and the two functions
# by which a folder becomes a library.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(TONUS_CCACHE ccache)
if(TONUS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TONUS_CCACHE})
endif()

add_library(tonus_flags INTERFACE)
add_library(tonus::flags ALIAS tonus_flags)
set_target_properties(tonus_flags PROPERTIES EXPORT_NAME flags)
target_compile_features(tonus_flags INTERFACE cxx_std_20)
target_include_directories(tonus_flags INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/tonus>)
# A fused multiply-add in one place and none in another would make results depend on inlining;
# replay must equal live to the bit (design, "Chunk invariance"). A root that may set errno is taken one by one.
target_compile_options(tonus_flags INTERFACE
  $<BUILD_INTERFACE:-ffp-contract=off -fno-math-errno -Wall -Wextra -Wconversion -Wshadow -Wdouble-promotion>)

# One folder, one library:
# tonus_library(name [LINKS public libraries...] [PRIVATE libraries...] [WITHOUT file])
function(tonus_library name)
  cmake_parse_arguments(arg "" "WITHOUT" "LINKS;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(arg_WITHOUT)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${arg_WITHOUT})
  endif()
  if(sources)
    add_library(tonus_${name} STATIC ${sources})
    target_link_libraries(tonus_${name} PUBLIC tonus::flags ${arg_LINKS} PRIVATE ${arg_PRIVATE})
  else()
    add_library(tonus_${name} INTERFACE)
    target_link_libraries(tonus_${name} INTERFACE tonus::flags ${arg_LINKS})
  endif()
  add_library(tonus::${name} ALIAS tonus_${name})
  set_target_properties(tonus_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY TONUS_LIBRARIES tonus_${name})
endfunction()

# Called in the driver's own folder; the table of drivers is written from what was found.
function(tonus_driver name)
  cmake_parse_arguments(arg "" "" "LINKS;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(tonus_driver_${name} STATIC ${sources})
  target_link_libraries(tonus_driver_${name}
    PUBLIC tonus::flags tonus::driver ${arg_LINKS} PRIVATE ${arg_PRIVATE})
  add_library(tonus::driver_${name} ALIAS tonus_driver_${name})
  set_target_properties(tonus_driver_${name} PROPERTIES EXPORT_NAME driver_${name})
  set_property(GLOBAL APPEND PROPERTY TONUS_LIBRARIES tonus_driver_${name})
  set_property(GLOBAL APPEND PROPERTY TONUS_DRIVERS ${name})
endfunction()
