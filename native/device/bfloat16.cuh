// bfloat16 is the upper half of a float32; of two neighbours in a word the first lies in the lower half.
#pragma once
#include <cstring>

#include "simt.cuh"

namespace surprisal {
// Exactly.
__device__ __forceinline__ float2 widened(uint32_t two) {
  return make_float2(__uint_as_float(two << 16), __uint_as_float(two & 0xffff0000u));
}

// The nearest, ties to even; a NaN becomes 0x7fff.
__device__ __forceinline__ uint32_t rounded(float value) {
  __nv_bfloat16 nearest = __float2bfloat16_rn(value);
  uint16_t bits;
  memcpy(&bits, &nearest, sizeof bits);
  return bits;
}
}  // namespace surprisal
