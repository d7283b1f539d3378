// bfloat16 for tests: written from its definition, not from float32's bits.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace test {
// The nearest number with 8 significant bits, ties to even; beyond the largest, infinity.
inline float rounded_to_bfloat16(float value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent;
  std::frexp(value, &exponent);
  exponent = std::max(exponent, -125);  // subnormal numbers have the places of the smallest normal one
  double places = std::ldexp(double(value), 8 - exponent);
  return float(std::ldexp(std::nearbyint(places), exponent - 8));
}

inline std::vector<float> rounded_to_bfloat16(std::vector<float> values) {
  for (float& value : values) value = rounded_to_bfloat16(value);
  return values;
}

// Of numbers that bfloat16 has.
inline std::vector<uint16_t> bfloat16_bits(const std::vector<float>& values) {
  std::vector<uint16_t> halves;
  for (float value : values) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    halves.push_back(uint16_t(bits >> 16));
  }
  return halves;
}
}  // namespace test
