// float16 and bfloat16 as storage: conversions to and from float, rounded to nearest even as on a GPU.
#pragma once
#include <cstdint>
#include <cstring>

struct __half {
  uint16_t bits;
};

struct __nv_bfloat16 {
  uint16_t bits;
};

namespace emulator {
inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// value / 2^shift, to the nearest integer, ties to even.
inline uint32_t shift_rounded(uint32_t value, unsigned shift) {
  uint32_t half = 1u << (shift - 1);
  uint32_t odd = value >> shift & 1;
  return (value + half - 1 + odd) >> shift;
}
}  // namespace emulator

inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  uint32_t bits = emulator::bits_of(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return {0x7fff};
  return {uint16_t(emulator::shift_rounded(bits, 16))};
}

inline __nv_bfloat16 __float2bfloat16(float value) {
  return __float2bfloat16_rn(value);
}

inline float __bfloat162float(__nv_bfloat16 value) {
  return emulator::float_of(uint32_t(value.bits) << 16);
}

inline __half __float2half_rn(float value) {
  uint32_t bits = emulator::bits_of(value);
  uint16_t sign = uint16_t(bits >> 16 & 0x8000);
  uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return {0x7fff};
  if (magnitude >= 0x477ff000u) return {uint16_t(sign | 0x7c00)};  // from 65520 on: infinity
  if (magnitude >= 0x38800000u) {                                  // from 2^-14 on: normal; the exponent is rebased
    return {uint16_t(sign | emulator::shift_rounded(magnitude - 0x38000000u, 13))};
  }
  if (magnitude <= 0x33000000u) return {sign};  // up to 2^-25: zero
  uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  return {uint16_t(sign | emulator::shift_rounded(mantissa, 126 - (magnitude >> 23)))};
}

inline __half __float2half(float value) {
  return __float2half_rn(value);
}

inline float __half2float(__half value) {
  uint32_t sign = uint32_t(value.bits & 0x8000) << 16;
  uint32_t exponent = value.bits >> 10 & 31;
  uint32_t mantissa = value.bits & 0x3ff;
  if (exponent == 31) return emulator::float_of(sign | 0x7f800000u | mantissa << 13);
  if (exponent > 0) return emulator::float_of(sign | (exponent + 112) << 23 | mantissa << 13);
  float small = float(mantissa) * 0x1p-24f;
  return sign ? -small : small;
}
