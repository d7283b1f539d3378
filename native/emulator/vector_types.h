// CUDA's vector types, with its sizes and alignments.
#pragma once

#define EMULATOR_VECTOR2(T, NAME)           \
  struct alignas(2 * sizeof(T)) NAME##2 {   \
    T x, y;                                 \
  };                                        \
  inline NAME##2 make_##NAME##2(T x, T y) { \
    return {x, y};                          \
  }
#define EMULATOR_VECTOR4(T, NAME)                     \
  struct alignas(16) NAME##4 {                        \
    T x, y, z, w;                                     \
  };                                                  \
  inline NAME##4 make_##NAME##4(T x, T y, T z, T w) { \
    return {x, y, z, w};                              \
  }

EMULATOR_VECTOR2(float, float)
EMULATOR_VECTOR4(float, float)
EMULATOR_VECTOR2(int, int)
EMULATOR_VECTOR4(int, int)
EMULATOR_VECTOR2(unsigned, uint)
EMULATOR_VECTOR4(unsigned, uint)
EMULATOR_VECTOR2(double, double)
EMULATOR_VECTOR2(long long, longlong)

#undef EMULATOR_VECTOR2
#undef EMULATOR_VECTOR4
