// Philox4x32-10, the counter-based random numbers of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
// as 1, 2, 3" (2011); the same numbers as the CPU device's.
#pragma once
#include "simt.cuh"

namespace surprisal {
// The four words for a 128-bit counter (low half first) and a 64-bit key.
__device__ inline uint4 philox(uint64_t counter_low, uint64_t counter_high, uint64_t key) {
  uint4 c = make_uint4(uint32_t(counter_low), uint32_t(counter_low >> 32), uint32_t(counter_high),
                       uint32_t(counter_high >> 32));
  uint32_t k0 = uint32_t(key);
  uint32_t k1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = uint64_t(0xD2511F53u) * c.x;
    uint64_t product1 = uint64_t(0xCD9E8D57u) * c.z;
    c = make_uint4(uint32_t(product1 >> 32) ^ c.y ^ k0, uint32_t(product1), uint32_t(product0 >> 32) ^ c.w ^ k1,
                   uint32_t(product0));
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

// In [0, 1), from the upper 24 bits.
__device__ __forceinline__ float uniform01(uint32_t word) {
  return float(word >> 8) * 0x1p-24f;
}

// In (0, 1].
__device__ __forceinline__ double positive01(uint32_t word) {
  return (double(word) + 1) * 0x1p-32;
}

// In [0, 2^53): the upper bits of two words.
__device__ __forceinline__ uint64_t bits53(uint32_t high, uint32_t low) {
  return (uint64_t(high) << 32 | low) >> 11;
}
}  // namespace surprisal
