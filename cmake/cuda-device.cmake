# Kernels for a GPU. The library's exports and its static CUDA runtime: docs/decisions/013.
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)

# Writes what ptxas prints about an object's kernels beside the object.
set(CMAKE_CUDA_COMPILER_LAUNCHER sh ${CMAKE_CURRENT_LIST_DIR}/nvcc-with-resources)
add_library(kernels OBJECT ${kernels})
string(REGEX MATCH "^[0-9]+\\.[0-9]+" toolkit ${CMAKE_CUDA_COMPILER_VERSION})
target_compile_definitions(kernels PRIVATE "SURPRISAL_BUILD=\"cuda ${toolkit}: ${SURPRISAL_ARCHITECTURE_NAMES}\"")
target_compile_options(kernels PRIVATE --compress-mode=size -Xcompiler=-Wall,-Wextra,-Werror --Werror=all-warnings)

# Keeps a source's folder out of its kernels' names, so that the library is the same whatever folder it was built in.
foreach(kernel IN LISTS kernels)
  cmake_path(GET kernel FILENAME name)
  set_source_files_properties(
    ${kernel} PROPERTIES COMPILE_OPTIONS "-Xcudafe=--orig_src_path_name=${name};-Xcicc=--orig_src_path_name=${name}")
endforeach()

set(exports ${CMAKE_CURRENT_LIST_DIR}/exports.map)
target_link_options(surprisal PRIVATE -Wl,--version-script=${exports} -s)
set_target_properties(surprisal PROPERTIES LINK_DEPENDS ${exports})

# Registers, shared memory and spills for sm_90 are within the committed figures, and no kernel spills.
if(90 IN_LIST architectures)
  set(resources ${CMAKE_CURRENT_SOURCE_DIR}/ptxas-sm_90.txt)
  set(check ${CMAKE_CURRENT_LIST_DIR}/check-resources)
  add_custom_command(
    OUTPUT ptxas-sm_90.txt
    COMMAND sh ${check} ${toolkit} ${resources} ${CMAKE_CURRENT_BINARY_DIR}/ptxas-sm_90.txt "$<TARGET_OBJECTS:kernels>"
    DEPENDS kernels $<TARGET_OBJECTS:kernels> ${check} ${resources}
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(resources ALL DEPENDS ptxas-sm_90.txt)
else()
  message(STATUS "Without the check of registers, which is for sm_90")
endif()

# For a machine with a GPU: the tests that run on the emulator, except those that need the emulator or define cells of their
# own. They load the library that lies beside them.
list(FILTER tests EXCLUDE REGEX "/(emulator_|schedule_test|traffic_test|recurrent_gates_test)")
set_source_files_properties(${tests} PROPERTIES LANGUAGE CUDA)
# Tests without kernels need only one pass of the compiler.
set(tests_with_kernels)
foreach(test IN LISTS tests)
  file(STRINGS ${test} kernel REGEX __global__ LIMIT_COUNT 1)
  if(kernel)
    list(APPEND tests_with_kernels ${test})
  endif()
endforeach()
list(REMOVE_ITEM tests ${tests_with_kernels})
list(GET architectures 0 oldest)
add_library(tests_with_kernels OBJECT EXCLUDE_FROM_ALL ${tests_with_kernels})
add_executable(kernel_tests EXCLUDE_FROM_ALL ${tests})
target_link_libraries(kernel_tests PRIVATE tests_with_kernels surprisal)
target_link_options(kernel_tests PRIVATE -s)
foreach(target kernel_tests tests_with_kernels)
  # A failed test names its place in the source by a path relative to native/.
  target_compile_options(${target} PRIVATE --Werror=all-warnings
                         "-Xcompiler=-Wall,-Wextra,-Werror,-ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=")
endforeach()
set_target_properties(kernel_tests PROPERTIES CUDA_ARCHITECTURES ${oldest}-real
                      BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
