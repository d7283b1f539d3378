# Kernels for the host. With SURPRISAL_CHECKS=access the compiler calls the thread sanitizer's functions for every load and
# store of a kernel; the emulator implements them. The other options keep the accesses as they are in the source.
set(CMAKE_CXX_FLAGS_RELEASE -O2)
add_compile_options(-Wall -Wextra -Werror -Wold-style-cast -Wno-unknown-pragmas -g)
if(SURPRISAL_CHECKS STREQUAL address)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
set(device_code_options -x c++ -ffp-contract=off)
if(SURPRISAL_CHECKS STREQUAL access)
  list(APPEND device_code_options -fsanitize=thread -fno-tree-vectorize -fno-tree-slp-vectorize -fno-tree-sra
       -fno-store-merging)
endif()

file(GLOB emulator CONFIGURE_DEPENDS emulator/*.cpp)
file(GLOB test_kernels CONFIGURE_DEPENDS tests/*.cu)
set_source_files_properties(${kernels} ${test_kernels} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "${device_code_options}")

find_package(Threads REQUIRED)
add_library(kernels OBJECT ${kernels} ${emulator})
target_compile_definitions(kernels PRIVATE SURPRISAL_BUILD="emulated")
target_link_libraries(kernels PUBLIC Threads::Threads ${CMAKE_DL_LIBS})

# The tests' own kernels and the emulator belong in one module: see native/emulator/README.md.
add_executable(kernel_tests ${tests} ${test_kernels})
target_link_libraries(kernel_tests PRIVATE kernels)

enable_testing()
# add_kernel_test NAME [ARGUMENT...] ENVIRONMENT SETTING...
function(add_kernel_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" ENVIRONMENT)
  add_test(NAME ${name} COMMAND kernel_tests ${test_UNPARSED_ARGUMENTS})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${test_ENVIRONMENT}" TIMEOUT 600)
endfunction()
# add_figures NAME REPORT RUN...: compares what the tests RUN have written to REPORT with the committed figures.
function(add_figures name report)
  set_tests_properties(${ARGN} PROPERTIES FIXTURES_SETUP ${name})
  add_test(NAME ${name} COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/within-recorded
                                ${CMAKE_CURRENT_SOURCE_DIR}/traffic.json ${report})
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED ${name})
endfunction()

# Brief tests launch every kernel, on the schedule that build-native chooses and under the race detector, and measure the
# traffic. Without "brief" all tests run, on three schedules and under the race detector.
if(SURPRISAL_CHECKS STREQUAL access)
  set(report ${CMAKE_CURRENT_BINARY_DIR}/traffic.json)
  foreach(share 0 1)
    add_kernel_test(races-${share} ENVIRONMENT SURPRISAL_EMULATOR_MONITOR=race SURPRISAL_TRAFFIC_REPORT=${report}
                    SURPRISAL_TEST_SHARE=${share}/2)
  endforeach()
  add_figures(traffic ${report} races-0 races-1)
  set(report ${CMAKE_CURRENT_BINARY_DIR}/traffic-brief.json)
  add_kernel_test(brief-races --brief ENVIRONMENT SURPRISAL_EMULATOR_MONITOR=race)
  add_kernel_test(brief-figures traffic_test.cpp ENVIRONMENT SURPRISAL_TRAFFIC_REPORT=${report})
  add_figures(brief-traffic ${report} brief-figures)
else()
  add_kernel_test(forward ENVIRONMENT SURPRISAL_EMULATOR_SCHEDULE=forward SURPRISAL_EMULATOR_THREADS=1)
  add_kernel_test(reversed ENVIRONMENT SURPRISAL_EMULATOR_SCHEDULE=reversed SURPRISAL_EMULATOR_THREADS=2)
  add_kernel_test(random ENVIRONMENT SURPRISAL_EMULATOR_SCHEDULE=random SURPRISAL_EMULATOR_THREADS=3)
  add_kernel_test(brief-results --brief)
  add_test(NAME ceilings COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/within-recorded-test)
endif()
