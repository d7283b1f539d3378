// Fragments of small matrices in the registers of a warp, and their product on tensor cores: D = A B + C for A [16, 8],
// B [8, 8] and C, D [16, 8], with operands in TF32 and sums in float32 (PTX: mma.m16n8k8, sm_80 and later).
//
// Which element a register of a lane holds is the PTX ISA's: see fragment_a_row and those after it. On the emulator the
// lanes' registers meet in a warp collective, which adds the eight products to C one after the other.
#pragma once
#include "../reduce.cuh"

namespace surprisal {
// As the PTX ISA's a0 to a3, b0 and b1, and c0 to c3.
struct FragmentA {
  uint32_t bits[4];
};
struct FragmentB {
  uint32_t bits[2];
};
struct FragmentC {
  float value[4];
};

__host__ __device__ constexpr int fragment_a_row(int lane, int i) {
  return lane / 4 + i % 2 * 8;
}
__host__ __device__ constexpr int fragment_a_column(int lane, int i) {
  return lane % 4 + i / 2 * 4;
}
__host__ __device__ constexpr int fragment_b_row(int lane, int i) {
  return lane % 4 + i * 4;
}
__host__ __device__ constexpr int fragment_b_column(int lane) {
  return lane / 4;
}
__host__ __device__ constexpr int fragment_c_row(int lane, int i) {
  return lane / 4 + i / 2 * 8;
}
__host__ __device__ constexpr int fragment_c_column(int lane, int i) {
  return lane % 4 * 2 + i % 2;
}

// TF32 has float32's exponent and 10 bits of the fraction: the nearest such number, of two the one farther from zero.
__device__ __forceinline__ uint32_t tf32_bits(float value) {
#if SURPRISAL_EMULATED
  uint32_t bits = __float_as_uint(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fffffffu;
  return (bits + 0x1000u) & ~0x1fffu;
#elif __CUDA_ARCH__ >= 800
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return bits;
#else
  __trap();
  return 0;
#endif
}

// element(row, column) gives a float.
template <class Element>
__device__ __forceinline__ FragmentA fragment_a(int lane, Element element) {
  FragmentA a;
#pragma unroll
  for (int i = 0; i < 4; i++) a.bits[i] = tf32_bits(element(fragment_a_row(lane, i), fragment_a_column(lane, i)));
  return a;
}

template <class Element>
__device__ __forceinline__ FragmentB fragment_b(int lane, Element element) {
  FragmentB b;
#pragma unroll
  for (int i = 0; i < 2; i++) b.bits[i] = tf32_bits(element(fragment_b_row(lane, i), fragment_b_column(lane)));
  return b;
}

#if SURPRISAL_EMULATED
namespace fragment {
struct Operands {
  FragmentA a;
  FragmentB b;
  FragmentC c;
};

EMULATOR_UNSEEN inline void multiply(unsigned, const void* const in[32], void* const out[32]) {
  float a[16][8], b[8][8];
  for (int lane = 0; lane < 32; lane++) {
    const Operands* own = static_cast<const Operands*>(in[lane]);
    for (int i = 0; i < 4; i++) memcpy(&a[fragment_a_row(lane, i)][fragment_a_column(lane, i)], &own->a.bits[i], 4);
    for (int i = 0; i < 2; i++) memcpy(&b[fragment_b_row(lane, i)][fragment_b_column(lane)], &own->b.bits[i], 4);
  }
  for (int lane = 0; lane < 32; lane++) {
    const Operands* own = static_cast<const Operands*>(in[lane]);
    FragmentC* d = static_cast<FragmentC*>(out[lane]);
    for (int i = 0; i < 4; i++) {
      float sum = own->c.value[i];
      for (int k = 0; k < 8; k++) sum += a[fragment_c_row(lane, i)][k] * b[k][fragment_c_column(lane, i)];
      d->value[i] = sum;
    }
  }
}
}  // namespace fragment
#endif

// c += a b; by all lanes of a warp.
__device__ __forceinline__ void multiply_add(FragmentC& c, const FragmentA& a, const FragmentB& b) {
#if SURPRISAL_EMULATED
  fragment::Operands operands{a, b, c};
  emulator::warp_collective(kAllLanes, &operands, &c, fragment::multiply, __FILE__, __LINE__);
#elif __CUDA_ARCH__ >= 800
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c.value[0]), "+f"(c.value[1]), "+f"(c.value[2]), "+f"(c.value[3])
      : "r"(a.bits[0]), "r"(a.bits[1]), "r"(a.bits[2]), "r"(a.bits[3]), "r"(b.bits[0]), "r"(b.bits[1]));
#else
  __trap();
#endif
}
}  // namespace surprisal
