# Kernels for a GPU. The library exports the C ABI alone and holds the CUDA runtime (docs/decisions).
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_CUDA_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)

add_library(kernels OBJECT ${kernels})
string(REGEX MATCH "^[0-9]+\\.[0-9]+" toolkit ${CMAKE_CUDA_COMPILER_VERSION})
target_compile_definitions(
  kernels PRIVATE SURPRISAL_EXPORTS "SURPRISAL_BUILD=\"cuda ${toolkit}: ${SURPRISAL_ARCHITECTURE_NAMES}\"")
target_compile_options(kernels PRIVATE --compress-mode=size -Xcompiler=-Wall,-Wextra,-Werror --Werror=all-warnings)

# For a GPU at hand: the same tests as on the emulator, but for those of the emulator itself.
list(FILTER tests EXCLUDE REGEX /emulator_)
set_source_files_properties(${tests} PROPERTIES LANGUAGE CUDA)
add_executable(kernel_tests EXCLUDE_FROM_ALL ${tests})
target_link_libraries(kernel_tests PRIVATE kernels)
