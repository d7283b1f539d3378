// Faults: values that only the device sees and that no kernel can work with.
//
// A fault is raised by a kernel of one block, which looks at all values before the operation's other kernels run; the
// stream's order then makes it known to every kernel after it, and each of them begins with `if (faulted(fault)) return;`.
#pragma once
#include "../include/surprisal.h"
#include "simt.cuh"

namespace surprisal {
__device__ __forceinline__ bool faulted(const surprisal_fault* fault) {
  return fault->kind != SURPRISAL_FAULT_NONE;
}

// By one thread, of a kernel of one block, which has seen no fault before.
__device__ inline void raise_fault(surprisal_fault* fault, int kind, int64_t position, double value, int classes) {
  fault->classes = classes;
  fault->position = position;
  fault->value = value;
  fault->kind = kind;
}

// Used by a whole block: the lowest position in [0, count) whose id is outside [0, bound) and is not `except`, or count.
// Scratch: one int64_t a warp. Ends with a barrier.
__device__ inline int64_t first_outside(const int32_t* ids, int64_t count, int bound, int64_t except, int64_t* scratch) {
  int64_t first = count;
  for (int64_t i = threadIdx.x; i < count && first == count; i += blockDim.x) {
    int id = ids[i];
    if ((id < 0 || id >= bound) && id != except) first = i;
  }
  for (int offset = 16; offset > 0; offset /= 2) {
    int64_t other = __shfl_xor_sync(0xffffffffu, first, offset);
    first = other < first ? other : first;
  }
  if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = first;
  __syncthreads();
  for (unsigned warp = 0; warp < blockDim.x / 32; warp++) first = scratch[warp] < first ? scratch[warp] : first;
  __syncthreads();
  return first;
}
}  // namespace surprisal
