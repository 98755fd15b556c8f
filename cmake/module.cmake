# Flags that every target has: warnings are errors here, and the preset's sanitizers come through CMAKE_CXX_FLAGS.
add_library(wharf_flags INTERFACE)
target_compile_features(wharf_flags INTERFACE cxx_std_20)
target_compile_options(wharf_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
  -Werror=return-type -Werror=unused-result
  # A struct of options is filled by name, and what is not named has its default: that is what it is for.
  -Wno-missing-designated-field-initializers
  -Xclang -fno-pch-timestamp)
target_compile_definitions(wharf_flags INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT WHARF_VERSION="${PROJECT_VERSION}")
target_include_directories(wharf_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_include_directories(wharf_flags SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})

# The headers that cost most to read, once: Asio's coroutines, JSON values, the standard library.
file(WRITE ${CMAKE_BINARY_DIR}/pch_anchor.cc "")
add_library(wharf_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cc)
target_link_libraries(wharf_pch PUBLIC wharf_flags Threads::Threads)
target_precompile_headers(wharf_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.h)

# The same for test programs, with GoogleTest. Their own code is not optimized in a release build: what they test is in
# the libraries, and half of the time to compile a test would go into making it fast.
if(WHARF_TESTS)
  add_library(wharf_test_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cc)
  target_link_libraries(wharf_test_pch PUBLIC wharf_flags Threads::Threads GTest::gmock GTest::gtest)
  target_compile_options(wharf_test_pch PUBLIC $<$<CONFIG:Release>:-O0> $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>)
  target_precompile_headers(wharf_test_pch PRIVATE
    ${PROJECT_SOURCE_DIR}/cmake/pch.h <gmock/gmock.h> <gtest/gtest.h>)
endif()

# module(NAME SOURCES … DEPENDS … LIBRARIES … TESTS … FUZZERS …)
# Makes the library wharf_NAME from src/NAME, its test program NAME_test and its fuzzers.
# DEPENDS are modules below this one; LIBRARIES are what comes from outside.
function(module name)
  cmake_parse_arguments(M "" "" "SOURCES;DEPENDS;LIBRARIES;TESTS;FUZZERS;TEST_DEPENDS" ${ARGN})
  set(library wharf_${name})
  add_library(${library} STATIC ${M_SOURCES})
  target_precompile_headers(${library} REUSE_FROM wharf_pch)
  target_link_libraries(${library} PUBLIC wharf_flags Threads::Threads)
  foreach(dependency IN LISTS M_DEPENDS)
    target_link_libraries(${library} PUBLIC wharf_${dependency})
  endforeach()
  target_link_libraries(${library} PUBLIC ${M_LIBRARIES})
  if(WHARF_TESTS AND M_TESTS)
    test_program(${name}_test SOURCES ${M_TESTS} DEPENDS ${name} ${M_TEST_DEPENDS})
  endif()
  if(WHARF_FUZZ)
    foreach(source IN LISTS M_FUZZERS)
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${fuzzer} ${source})
      target_link_libraries(${fuzzer} PRIVATE ${library})
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()

# test_program(NAME SOURCES … DEPENDS …): a GoogleTest program, run whole by ctest.
# With BOTH_ENGINES it runs twice, on SQLite and on PostgreSQL (WHARF_TEST_DB tells it which).
function(test_program name)
  cmake_parse_arguments(T "BOTH_ENGINES" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_precompile_headers(${name} REUSE_FROM wharf_test_pch)
  target_link_libraries(${name} PRIVATE wharf_test_pch GTest::gmock_main GTest::gtest)
  foreach(dependency IN LISTS T_DEPENDS)
    target_link_libraries(${name} PRIVATE wharf_${dependency})
  endforeach()
  if(T_BOTH_ENGINES)
    foreach(engine sqlite postgres)
      add_test(NAME ${name}@${engine} COMMAND ${name})
      set_tests_properties(${name}@${engine} PROPERTIES TIMEOUT 1800 ENVIRONMENT "WHARF_TEST_DB=${engine}")
    endforeach()
  else()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 1800)
  endif()
endfunction()
