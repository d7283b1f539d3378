// The layout of fragments against the PTX ISA's figures for mma.m16n8k8 with .tf32 operands, and their arithmetic.
#include "../device/product/fragment.cuh"

#include <cmath>
#include <cstring>

#include "kernel_test.h"
#include "tf32_reference.h"

using namespace test;

namespace {
// The figures, as the ISA prints them: rows of a matrix, and at each element its lane and register.
struct Place {
  int lane, index;
};

// A, 16 x 8: "T0: {a0, T1: a0, T2: a0, T3: a0 | T0: a2, ...}" in row 0, lanes four further in every row, a1 and a3 from
// row 8 on.
constexpr Place kFigureA[4][8] = {
    {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {0, 2}, {1, 2}, {2, 2}, {3, 2}},          // row 0
    {{28, 0}, {29, 0}, {30, 0}, {31, 0}, {28, 2}, {29, 2}, {30, 2}, {31, 2}},  // row 7
    {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {0, 3}, {1, 3}, {2, 3}, {3, 3}},          // row 8
    {{28, 1}, {29, 1}, {30, 1}, {31, 1}, {28, 3}, {29, 3}, {30, 3}, {31, 3}},  // row 15
};
// B, 8 x 8: b0 in rows 0 to 3, b1 in rows 4 to 7, lanes four further in every column.
constexpr Place kFigureB[4][8] = {
    {{0, 0}, {4, 0}, {8, 0}, {12, 0}, {16, 0}, {20, 0}, {24, 0}, {28, 0}},   // row 0
    {{3, 0}, {7, 0}, {11, 0}, {15, 0}, {19, 0}, {23, 0}, {27, 0}, {31, 0}},  // row 3
    {{0, 1}, {4, 1}, {8, 1}, {12, 1}, {16, 1}, {20, 1}, {24, 1}, {28, 1}},   // row 4
    {{3, 1}, {7, 1}, {11, 1}, {15, 1}, {19, 1}, {23, 1}, {27, 1}, {31, 1}},  // row 7
};
// C and D, 16 x 8: c0 and c1 side by side, c2 and c3 from row 8 on.
constexpr Place kFigureC[4][8] = {
    {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {3, 0}, {3, 1}},          // row 0
    {{28, 0}, {28, 1}, {29, 0}, {29, 1}, {30, 0}, {30, 1}, {31, 0}, {31, 1}},  // row 7
    {{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 2}, {2, 3}, {3, 2}, {3, 3}},          // row 8
    {{28, 2}, {28, 3}, {29, 2}, {29, 3}, {30, 2}, {30, 3}, {31, 2}, {31, 3}},  // row 15
};
constexpr int kRowsAC[4] = {0, 7, 8, 15};
constexpr int kRowsB[4] = {0, 3, 4, 7};

using surprisal::FragmentA;
using surprisal::FragmentB;
using surprisal::FragmentC;

// Raw registers in, raw registers out: 4, 2 and 4 words a lane.
__global__ void multiply_registers_kernel(const uint32_t* a, const uint32_t* b, float* c) {
  int lane = threadIdx.x;
  FragmentA fragment_a{{a[4 * lane], a[4 * lane + 1], a[4 * lane + 2], a[4 * lane + 3]}};
  FragmentB fragment_b{{b[2 * lane], b[2 * lane + 1]}};
  FragmentC fragment_c{{c[4 * lane], c[4 * lane + 1], c[4 * lane + 2], c[4 * lane + 3]}};
  surprisal::multiply_add(fragment_c, fragment_a, fragment_b);
  for (int i = 0; i < 4; i++) c[4 * lane + i] = fragment_c.value[i];
}

__global__ void multiply_matrices_kernel(const float* a, const float* b, float* c) {
  int lane = threadIdx.x;
  FragmentA fragment_a = surprisal::fragment_a(lane, [&](int row, int column) { return a[row * 8 + column]; });
  FragmentB fragment_b = surprisal::fragment_b(lane, [&](int row, int column) { return b[row * 8 + column]; });
  FragmentC sums;
  auto at = [&](int i) -> float& {
    return c[surprisal::fragment_c_row(lane, i) * 8 + surprisal::fragment_c_column(lane, i)];
  };
  for (int i = 0; i < 4; i++) sums.value[i] = at(i);
  surprisal::multiply_add(sums, fragment_a, fragment_b);
  for (int i = 0; i < 4; i++) at(i) = sums.value[i];
}

__global__ void round_kernel(float* values, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) values[i] = __uint_as_float(surprisal::tf32_bits(values[i]));
}

template <class Kernel, class A, class B>
void launch(Kernel kernel, const A& a, const B& b, const Array<float>& c) {
  CHECK(SURPRISAL_LAUNCH(kernel, (surprisal::Launch{1, 32}), a.data(), b.data(), c.data()));
  CHECK(cudaDeviceSynchronize());
}

uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Where A[row][column] lies by the figure, whose rows follow one another as the ISA's text says: lane / 4 and more.
Place a_place(int row, int column) {
  Place first = kFigureA[row < 8 ? 0 : 2][column];
  return {first.lane + row % 8 * 4, first.index};
}
Place b_place(int row, int column) {
  Place first = kFigureB[row < 4 ? 0 : 2][column];
  return {first.lane + row % 4, first.index};
}
Place c_place(int row, int column) {
  Place first = kFigureC[row < 8 ? 0 : 2][column];
  return {first.lane + row % 8 * 4, first.index};
}
}  // namespace

TEST(registers_hold_the_elements_that_the_ptx_isa_shows) {
  for (int i = 0; i < 4; i++) {
    for (int column = 0; column < 8; column++) {
      Place a = kFigureA[i][column], b = kFigureB[i][column], c = kFigureC[i][column];
      EXPECT(surprisal::fragment_a_row(a.lane, a.index) == kRowsAC[i]);
      EXPECT(surprisal::fragment_a_column(a.lane, a.index) == column);
      EXPECT(surprisal::fragment_b_row(b.lane, b.index) == kRowsB[i]);
      EXPECT(surprisal::fragment_b_column(b.lane) == column);
      EXPECT(surprisal::fragment_c_row(c.lane, c.index) == kRowsAC[i]);
      EXPECT(surprisal::fragment_c_column(c.lane, c.index) == column);
    }
  }
  for (int row = 0; row < 16; row++) {
    for (int column = 0; column < 8; column++) {
      Place a = a_place(row, column), c = c_place(row, column);
      EXPECT(surprisal::fragment_a_row(a.lane, a.index) == row);
      EXPECT(surprisal::fragment_a_column(a.lane, a.index) == column);
      EXPECT(surprisal::fragment_c_row(c.lane, c.index) == row);
      EXPECT(surprisal::fragment_c_column(c.lane, c.index) == column);
      if (row >= 8) continue;
      Place b = b_place(row, column);
      EXPECT(surprisal::fragment_b_row(b.lane, b.index) == row);
      EXPECT(surprisal::fragment_b_column(b.lane) == column);
    }
  }
}

// A has a one at [row][p] and B a value of its own at every [p][column]: D[row][] is B[p][].
BRIEF_TEST(every_pair_of_elements_meets_in_the_register_of_its_sum) {
  std::vector<uint32_t> b(64);
  for (int p = 0; p < 8; p++) {
    for (int column = 0; column < 8; column++) {
      Place place = b_place(p, column);
      b[size_t(2 * place.lane + place.index)] = bits_of(float(1 + 8 * p + column));
    }
  }
  for (int row = 0; row < 16; row++) {
    for (int p = 0; p < 8; p++) {
      std::vector<uint32_t> a(128);
      Place one = a_place(row, p);
      a[size_t(4 * one.lane + one.index)] = bits_of(1);
      std::vector<float> expected(128, 100);
      for (int column = 0; column < 8; column++) {
        Place place = c_place(row, column);
        expected[size_t(4 * place.lane + place.index)] += float(1 + 8 * p + column);
      }
      Array<float> c(std::vector<float>(128, 100));
      launch(multiply_registers_kernel, Array<uint32_t>(a), Array<uint32_t>(b), c);
      expect_same("A[" + std::to_string(row) + "][" + std::to_string(p) + "]", expected, c.read());
    }
  }
}

BRIEF_TEST(fragments_of_matrices_are_multiplied_with_operands_rounded) {
  std::vector<float> a = normal(1, 128), b = normal(2, 64), c = normal(3, 128);
  std::vector<double> expected(c.begin(), c.end());
  for (int i = 0; i < 128; i++) {
    for (int p = 0; p < 8; p++) {
      float x = rounded_to_tf32(a[size_t(i / 8 * 8 + p)]), y = rounded_to_tf32(b[size_t(p * 8 + i % 8)]);
      expected[size_t(i)] += double(x) * y;
    }
  }
  Array<float> sums(c);
  launch(multiply_matrices_kernel, Array<float>(a), Array<float>(b), sums);
  expect_close("D", expected, sums.read());
}

TEST(rounding_is_to_the_nearest_and_ties_go_away_from_zero) {
  std::vector<float> values = normal(4, 300), expected;
  for (uint32_t bits :
       {0x3f800000u, 0x3f800fffu, 0x3f801000u, 0x3f801001u, 0x3f802fffu, 0x3f803000u, 0x3fffefffu, 0x3ffff000u,
        0x00000000u, 0x80000000u, 0x00001000u, 0x00000fffu, 0x007ff000u, 0x7f7fe000u, 0x7f800000u, 0xff800000u}) {
    values.push_back(float_of(bits));
    values.push_back(float_of(bits ^ 0x80000000u));
  }
  for (float value : values) expected.push_back(rounded_to_tf32(value));
  Array<float> found(values);
  int count = int(values.size());
  unsigned blocks = unsigned(count + 31) / 32;
  CHECK(SURPRISAL_LAUNCH(round_kernel, (surprisal::Launch{blocks, 32}), found.data(), count));
  CHECK(cudaDeviceSynchronize());
  expect_same("values", expected, found.read());
}

BRIEF_TEST(what_is_no_number_stays_none) {
  std::vector<float> values;
  for (uint32_t bits : {0x7fc00000u, 0x7fffffffu, 0xffffffffu, 0x7f800001u}) values.push_back(float_of(bits));
  Array<float> found(values);
  CHECK(SURPRISAL_LAUNCH(round_kernel, (surprisal::Launch{1, 32}), found.data(), 4));
  CHECK(cudaDeviceSynchronize());
  for (float value : found.read()) EXPECT(std::isnan(value));
}
