# Kernels for the host. With SURPRISAL_CHECKS=access every load and store of a kernel is shown to the emulator, which
# takes the place of the thread sanitizer's library; the other options keep accesses as the source has them.
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
function(add_kernel_test name)
  add_test(NAME ${name} COMMAND kernel_tests)
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${ARGN}" TIMEOUT 600)
endfunction()
if(SURPRISAL_CHECKS STREQUAL access)
  set(found ${CMAKE_CURRENT_BINARY_DIR}/traffic.json)
  foreach(share 0 1)
    add_kernel_test(races-${share} SURPRISAL_EMULATOR_MONITOR=race SURPRISAL_TRAFFIC_REPORT=${found}
                    SURPRISAL_TEST_SHARE=${share}/2)
    set_tests_properties(races-${share} PROPERTIES FIXTURES_SETUP figures)
  endforeach()
  add_test(NAME traffic COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/same-as-recorded
                                ${CMAKE_CURRENT_SOURCE_DIR}/traffic.json ${found})
  set_tests_properties(traffic PROPERTIES FIXTURES_REQUIRED figures)
else()
  add_kernel_test(forward SURPRISAL_EMULATOR_SCHEDULE=forward SURPRISAL_EMULATOR_THREADS=1)
  add_kernel_test(reversed SURPRISAL_EMULATOR_SCHEDULE=reversed SURPRISAL_EMULATOR_THREADS=2)
  add_kernel_test(random SURPRISAL_EMULATOR_SCHEDULE=random SURPRISAL_EMULATOR_THREADS=3)
endif()
