# The GPUs that the kernel library has machine code for, and the PTX for those that come later. By default that is one
# architecture: this machine's GPU, or Hopper on a machine without a supported one. See docs/decisions/021.
#
# The supported compute capabilities: Turing, Ampere (A100 and the others), Ada, Hopper, Blackwell (B200 and the others).
set(supported 75 80 86 89 90 100 120)
set(SURPRISAL_ARCHITECTURES default CACHE STRING "compute capabilities without the dot (80;90), or default, or all")

set(architectures ${SURPRISAL_ARCHITECTURES})
if(architectures STREQUAL all)
  set(architectures ${supported})
elseif(architectures STREQUAL default)
  set(architectures 90)
  find_program(SURPRISAL_NVIDIA_SMI nvidia-smi)
  if(SURPRISAL_NVIDIA_SMI)
    execute_process(COMMAND ${SURPRISAL_NVIDIA_SMI} --query-gpu=compute_cap --format=csv,noheader
                    OUTPUT_VARIABLE found ERROR_QUIET)
    string(REGEX MATCH "^[0-9]+\\.[0-9]" found "${found}")
    string(REPLACE "." "" found "${found}")
    if(found IN_LIST supported)
      set(architectures ${found})
    endif()
  endif()
endif()
list(GET architectures -1 newest)
list(TRANSFORM architectures APPEND -real OUTPUT_VARIABLE CMAKE_CUDA_ARCHITECTURES)
list(APPEND CMAKE_CUDA_ARCHITECTURES ${newest}-virtual)
list(TRANSFORM architectures PREPEND sm_ OUTPUT_VARIABLE names)
list(JOIN names " " names)
set(SURPRISAL_ARCHITECTURE_NAMES "${names} compute_${newest}")
message(STATUS "for ${SURPRISAL_ARCHITECTURE_NAMES}")
