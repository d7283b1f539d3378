// Copies from global to shared memory that need no registers on the way and that a thread does not wait for, from sm_80
// on; before, and on the emulator, plain copies. A thread sees its own copies after wait_copies, others' after a barrier.
#pragma once
#include "simt.cuh"

#if !SURPRISAL_EMULATED && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define SURPRISAL_ASYNC_COPIES 1
#else
#define SURPRISAL_ASYNC_COPIES 0
#endif

namespace surprisal {
// Four floats; both addresses are multiples of 16 bytes.
__device__ __forceinline__ void copy16(float* shared, const float* global) {
#if SURPRISAL_ASYNC_COPIES
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(unsigned(__cvta_generic_to_shared(shared))),
               "l"(__cvta_generic_to_global(global))
               : "memory");
#else
  *reinterpret_cast<float4*>(shared) = *reinterpret_cast<const float4*>(global);
#endif
}

__device__ __forceinline__ void copy4(float* shared, const float* global) {
#if SURPRISAL_ASYNC_COPIES
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(unsigned(__cvta_generic_to_shared(shared))),
               "l"(__cvta_generic_to_global(global))
               : "memory");
#else
  *shared = *global;
#endif
}

// Ends a group of copies.
__device__ __forceinline__ void commit_copies() {
#if SURPRISAL_ASYNC_COPIES
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits until at most kPending groups of the thread, its latest, are under way.
template <int kPending>
__device__ __forceinline__ void wait_copies() {
#if SURPRISAL_ASYNC_COPIES
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
#endif
}
}  // namespace surprisal
