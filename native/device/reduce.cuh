// Sums and maxima over a warp and a block, in one fixed order: all lanes get the same bits.
#pragma once
#include "simt.cuh"

namespace surprisal {
constexpr unsigned kAllLanes = 0xffffffffu;

template <class T>
__device__ __forceinline__ T warp_sum(T value) {
  for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(kAllLanes, value, offset);
  return value;
}

template <class T>
__device__ __forceinline__ T warp_max(T value) {
  for (int offset = 16; offset > 0; offset /= 2) {
    T other = __shfl_xor_sync(kAllLanes, value, offset);
    value = other > value ? other : value;
  }
  return value;
}

// The sum over a block of whole warps, in every thread. Scratch: one T a warp of shared memory; ends with a barrier, so
// that it can be used again at once.
template <class T>
__device__ __forceinline__ T block_sum(T value, T* scratch) {
  value = warp_sum(value);
  if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = value;
  __syncthreads();
  T sum = scratch[0];
  for (unsigned warp = 1; warp < blockDim.x / 32; warp++) sum += scratch[warp];
  __syncthreads();
  return sum;
}

template <class T>
__device__ __forceinline__ T block_max(T value, T* scratch) {
  value = warp_max(value);
  if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = value;
  __syncthreads();
  T max = scratch[0];
  for (unsigned warp = 1; warp < blockDim.x / 32; warp++) max = scratch[warp] > max ? scratch[warp] : max;
  __syncthreads();
  return max;
}
}  // namespace surprisal
