# Install rules, so that find_package(Tonus) gives Tonus::tonus and one target per folder
# (tests/consumer is such a user).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY TONUS_LIBRARIES)
set(TONUS_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Tonus)

install(TARGETS tonus_flags tonus_tonus ${libraries} EXPORT TonusTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET tonus)
  install(TARGETS tonus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(tree engine drivers)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${tree} DESTINATION include/tonus
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT TonusTargets NAMESPACE Tonus:: DESTINATION ${TONUS_CMAKE_DIR})

# What our libraries link to must be found again by their user, private links of static libraries
# too. The list is taken from the targets, because one kept by hand would be forgotten.
set(packages "")
foreach(library IN LISTS libraries)
  get_target_property(links ${library} INTERFACE_LINK_LIBRARIES)
  string(REGEX MATCHALL "[A-Za-z0-9_]+::" prefixes "${links}")
  list(APPEND packages ${prefixes})
endforeach()
list(REMOVE_DUPLICATES packages)
list(REMOVE_ITEM packages "tonus::")
list(SORT packages)
if("PkgConfig::" IN_LIST packages)
  message(FATAL_ERROR "A library links a PkgConfig:: target, which users of find_package(Tonus) "
    "would not have; link the library itself")
endif()
set(TONUS_DEPENDENCIES "")
foreach(package IN LISTS packages)
  string(REPLACE "::" "" package ${package})
  if(package STREQUAL "kissfft")
    string(APPEND package " COMPONENTS float SHARED")  # Debian has no other
  endif()
  string(APPEND TONUS_DEPENDENCIES "find_dependency(${package})\n")
endforeach()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/TonusConfig.cmake.in
  ${CMAKE_BINARY_DIR}/TonusConfig.cmake INSTALL_DESTINATION ${TONUS_CMAKE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/TonusConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/TonusConfig.cmake ${CMAKE_BINARY_DIR}/TonusConfigVersion.cmake
  DESTINATION ${TONUS_CMAKE_DIR})
