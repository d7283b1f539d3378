// bfloat16 is the upper half of a float32; of two neighbours in a word the first lies in the lower half.
#pragma once
#include "simt.cuh"

namespace surprisal {
// Exactly.
__device__ __forceinline__ float2 widened(uint32_t two) {
  return make_float2(__uint_as_float(two << 16), __uint_as_float(two & 0xffff0000u));
}
}  // namespace surprisal
