# The GPUs that the kernel library has machine code for, by compute capability, and PTX of the last one for what comes
# later: Turing, Ampere (A100 and the others), Ada, Hopper, Blackwell (B200 and the others).
set(SURPRISAL_ARCHITECTURES 75 80 86 89 90 100 120 CACHE STRING "compute capabilities without the dot")
list(GET SURPRISAL_ARCHITECTURES -1 newest)
list(TRANSFORM SURPRISAL_ARCHITECTURES APPEND -real OUTPUT_VARIABLE CMAKE_CUDA_ARCHITECTURES)
list(APPEND CMAKE_CUDA_ARCHITECTURES ${newest}-virtual)
list(TRANSFORM SURPRISAL_ARCHITECTURES PREPEND sm_ OUTPUT_VARIABLE names)
list(JOIN names " " names)
set(SURPRISAL_ARCHITECTURE_NAMES "${names} compute_${newest}")
