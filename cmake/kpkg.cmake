# SPDX-License-Identifier: GPL-2.0-or-later
# The words in which every list file of kpkg is written.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)

# What everything links: the standard, the include path and the warnings. Sanitizers and -Werror live in presets.
add_library(kpkg_options INTERFACE)
target_compile_features(kpkg_options INTERFACE cxx_std_20)
target_include_directories(kpkg_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
# g++ 12 warns of members that a designated initializer leaves at their written defaults, which is what they are for.
target_compile_options(kpkg_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wno-missing-field-initializers
  # GCC 12 sees overlapping memcpy in std::string's operator+ (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_link_libraries(kpkg_options INTERFACE tl::expected fmt::fmt Threads::Threads)

# kpkg_module(NAME SOURCES a.cpp … [USES module …] [DOORS library …])
# declares src/NAME as the static library kpkg::NAME. USES names modules that its headers show to others;
# DOORS names the third-party libraries that only this module may include (ARCHITECTURE.md).
function(kpkg_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;DOORS")
  add_library(kpkg_${name} STATIC ${arg_SOURCES})
  add_library(kpkg::${name} ALIAS kpkg_${name})
  target_link_libraries(kpkg_${name} PUBLIC kpkg_options PRIVATE ${arg_DOORS})
  foreach(used IN LISTS arg_USES)
    target_link_libraries(kpkg_${name} PUBLIC kpkg::${used})
  endforeach()
endfunction()

# kpkg_unit_test(MODULE SOURCES a_test.cpp … [LINKS target …])
# declares the program unit_MODULE and its test of the same name, label unit.
function(kpkg_unit_test module)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_executable(unit_${module} ${PROJECT_SOURCE_DIR}/tests/unit/main.cpp ${arg_SOURCES})
  target_link_libraries(unit_${module} PRIVATE kpkg::${module} ${arg_LINKS})
  target_include_directories(unit_${module} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  add_test(NAME unit_${module} COMMAND unit_${module})
  set_tests_properties(unit_${module} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()
