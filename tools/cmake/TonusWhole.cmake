# tonus::tonus: every library of engine/ and drivers/ under one name, for tools, tests and users.

get_property(libraries GLOBAL PROPERTY TONUS_LIBRARIES)
add_library(tonus_tonus INTERFACE)
add_library(tonus::tonus ALIAS tonus_tonus)
set_target_properties(tonus_tonus PROPERTIES EXPORT_NAME tonus)
if(TARGET tonus_drivers AND NOT tonus_drivers IN_LIST libraries)
  # The table of drivers names what the others define: it links first.
  set_property(GLOBAL APPEND PROPERTY TONUS_LIBRARIES tonus_drivers)
  list(PREPEND libraries tonus_drivers)
endif()
foreach(library IN LISTS libraries)
  string(REGEX REPLACE "^tonus_" "tonus::" alias ${library})
  target_link_libraries(tonus_tonus INTERFACE ${alias})
endforeach()
