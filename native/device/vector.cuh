// Four floats at a time where they lie at a multiple of 16 bytes, one at a time where they do not. A thread handles the
// same elements in the same order either way, so that alignment changes no bit of a result.
#pragma once
#include "simt.cuh"

namespace surprisal {
// Uniform over a launch: decided by the host from the pointers and the row length.
inline bool aligned16(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % 16 == 0;
}

__device__ __forceinline__ float4 load4(const float* from, bool aligned) {
  if (aligned) return *reinterpret_cast<const float4*>(from);
  return make_float4(from[0], from[1], from[2], from[3]);
}

__device__ __forceinline__ void store4(float* to, float4 value, bool aligned) {
  if (aligned) {
    *reinterpret_cast<float4*>(to) = value;
  } else {
    to[0] = value.x;
    to[1] = value.y;
    to[2] = value.z;
    to[3] = value.w;
  }
}
}  // namespace surprisal
