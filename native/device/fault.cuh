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

constexpr int64_t kNoException = INT64_MIN;

// Used by a whole block: the lowest position in [0, count) whose id is outside [0, bound) and is not `except`, or count.
// A thread has several loads under way, since one block must look at all. Scratch: one int64_t a warp. Ends with a
// barrier.
__device__ inline int64_t first_outside(const int32_t* ids, int64_t count, int bound, int64_t except,
                                        int64_t* scratch) {
  constexpr int kEach = 4;
  int64_t first = count;
  for (int64_t start = threadIdx.x; start < count && first == count; start += kEach * int64_t(blockDim.x)) {
    int found[kEach];
#pragma unroll
    for (int k = 0; k < kEach; k++) {
      int64_t i = start + k * int64_t(blockDim.x);
      found[k] = i < count ? ids[i] : 0;
    }
#pragma unroll
    for (int k = kEach - 1; k >= 0; k--) {
      int64_t i = start + k * int64_t(blockDim.x);
      if (i < count && (found[k] < 0 || found[k] >= bound) && found[k] != except) first = i;
    }
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
