// TF32 for tests: written from its definition, not from bits.
#pragma once
#include <algorithm>
#include <cmath>

namespace test {
// The nearest number with 11 significant bits; of two, the one farther from zero.
inline float rounded_to_tf32(float value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent;
  double fraction = std::frexp(double(value), &exponent);  // in [0.5, 1)
  exponent = std::max(exponent, -125);  // subnormal numbers have the places of the smallest normal one
  fraction = std::ldexp(double(value), 11 - exponent);
  return float(std::ldexp(std::round(fraction), exponent - 11));
}
}  // namespace test
