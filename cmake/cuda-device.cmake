# Kernels for a GPU. What the library exports, and that it holds the CUDA runtime: docs/decisions/013.
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)

# Beside each object, what ptxas says of its kernels.
set(CMAKE_CUDA_COMPILER_LAUNCHER sh ${CMAKE_CURRENT_LIST_DIR}/nvcc-with-resources)
add_library(kernels OBJECT ${kernels})
string(REGEX MATCH "^[0-9]+\\.[0-9]+" toolkit ${CMAKE_CUDA_COMPILER_VERSION})
target_compile_definitions(kernels PRIVATE "SURPRISAL_BUILD=\"cuda ${toolkit}: ${SURPRISAL_ARCHITECTURE_NAMES}\"")
target_compile_options(kernels PRIVATE --compress-mode=size -Xcompiler=-Wall,-Wextra,-Werror --Werror=all-warnings)

# Else the folder of a source would be part of the names of its kernels, and the library another in every folder.
foreach(kernel IN LISTS kernels)
  cmake_path(GET kernel FILENAME name)
  set_source_files_properties(
    ${kernel} PROPERTIES COMPILE_OPTIONS "-Xcudafe=--orig_src_path_name=${name};-Xcicc=--orig_src_path_name=${name}")
endforeach()

set(exports ${CMAKE_CURRENT_LIST_DIR}/exports.map)
target_link_options(surprisal PRIVATE -Wl,--version-script=${exports} -s)
set_target_properties(surprisal PROPERTIES LINK_DEPENDS ${exports})

# Registers, shared memory and spills for sm_90 are what the committed file says, and nothing spills.
set(resources ${CMAKE_CURRENT_SOURCE_DIR}/ptxas-sm_90.txt)
set(check ${CMAKE_CURRENT_LIST_DIR}/check-resources)
add_custom_command(
  OUTPUT ptxas-sm_90.txt
  COMMAND sh ${check} ${toolkit} ${resources} ${CMAKE_CURRENT_BINARY_DIR}/ptxas-sm_90.txt "$<TARGET_OBJECTS:kernels>"
  DEPENDS kernels $<TARGET_OBJECTS:kernels> ${check} ${resources}
  COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(resources ALL DEPENDS ptxas-sm_90.txt)

# For a machine with a GPU: the same tests as on the emulator, but for those of and by the emulator itself
# and those with cells of their own. They test the
# library that lies beside them, wherever that is.
list(FILTER tests EXCLUDE REGEX "/(emulator_|schedule_test|traffic_test|recurrent_gates_test)")
set_source_files_properties(${tests} PROPERTIES LANGUAGE CUDA)
# One pass of the compiler is enough for those without kernels of their own.
set(tests_with_kernels)
foreach(test IN LISTS tests)
  file(STRINGS ${test} kernel REGEX __global__ LIMIT_COUNT 1)
  if(kernel)
    list(APPEND tests_with_kernels ${test})
  endif()
endforeach()
list(REMOVE_ITEM tests ${tests_with_kernels})
list(GET SURPRISAL_ARCHITECTURES 0 oldest)
add_library(tests_with_kernels OBJECT EXCLUDE_FROM_ALL ${tests_with_kernels})
add_executable(kernel_tests EXCLUDE_FROM_ALL ${tests})
target_link_libraries(kernel_tests PRIVATE tests_with_kernels surprisal)
target_link_options(kernel_tests PRIVATE -s)
foreach(target kernel_tests tests_with_kernels)
  # What a test says of a place in the source is the same whatever folder it was built in.
  target_compile_options(${target} PRIVATE --Werror=all-warnings
                         "-Xcompiler=-Wall,-Wextra,-Werror,-ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=")
endforeach()
set_target_properties(kernel_tests PROPERTIES CUDA_ARCHITECTURES ${oldest}-real
                      BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
