// Philox4x32-10 as Salmon et al. (2011) write it, for tests to compare with.
#pragma once
#include <array>
#include <cstdint>

namespace test {
inline std::array<uint32_t, 4> philox_reference(uint64_t counter_low, uint64_t counter_high, uint64_t key) {
  std::array<uint32_t, 4> c{uint32_t(counter_low), uint32_t(counter_low >> 32), uint32_t(counter_high),
                            uint32_t(counter_high >> 32)};
  std::array<uint32_t, 2> k{uint32_t(key), uint32_t(key >> 32)};
  for (int round = 0; round < 10; round++) {
    uint64_t a = c[0] * uint64_t(0xD2511F53u), b = c[2] * uint64_t(0xCD9E8D57u);
    c = {uint32_t(b >> 32) ^ c[1] ^ k[0], uint32_t(b), uint32_t(a >> 32) ^ c[3] ^ k[1], uint32_t(a)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

// The uniform number of an element, in [0, 1).
inline float uniform_reference(uint64_t element, uint64_t sequence, uint64_t seed) {
  return float(philox_reference(element / 4, sequence, seed)[element % 4] >> 8) * 0x1p-24f;
}
}  // namespace test
