#include <cmath>
#include <cstring>

#include "bfloat16_reference.h"
#include "kernel_test.h"

using namespace test;

namespace {
float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

std::vector<uint16_t> to_bfloat16(const std::vector<float>& values, size_t skew, size_t other_skew) {
  Array<float> source(values, skew);
  Array<uint16_t> target(std::vector<uint16_t>(values.size() + 1, 7), other_skew);
  CHECK(surprisal_convert(source.data(), target.data(), int64_t(values.size()), SURPRISAL_FLOAT32, SURPRISAL_BFLOAT16,
                          stream()));
  std::vector<uint16_t> found = target.read();
  EXPECT(found.back() == 7);
  found.pop_back();
  return found;
}

std::vector<float> to_float32(const std::vector<uint16_t>& values, size_t skew, size_t other_skew) {
  Array<uint16_t> source(values, skew);
  Array<float> target(std::vector<float>(values.size() + 1, 7), other_skew);
  CHECK(surprisal_convert(source.data(), target.data(), int64_t(values.size()), SURPRISAL_BFLOAT16, SURPRISAL_FLOAT32,
                          stream()));
  std::vector<float> found = target.read();
  EXPECT(found.back() == 7);
  found.pop_back();
  return found;
}
}  // namespace

TEST(floats_become_the_nearest_bfloat16_wherever_they_lie) {
  for (size_t count : {0, 1, 2, 3, 4, 5, 1023, 1026, 40001}) {
    std::vector<float> values = normal(1, count, 100);
    std::vector<uint16_t> expected = bfloat16_bits(rounded_to_bfloat16(values));
    for (size_t skew = 0; skew < 4; skew++) {
      for (size_t other : {0, 1, 2, 3, 4}) EXPECT(to_bfloat16(values, skew, other) == expected);
    }
  }
}

TEST(bfloat16_becomes_the_same_number_wherever_it_lies) {
  for (size_t count : {0, 1, 2, 3, 4, 5, 1023, 1026, 40001}) {
    std::vector<float> values = rounded_to_bfloat16(normal(1, count, 100));
    std::vector<uint16_t> halves = bfloat16_bits(values);
    for (size_t skew = 0; skew < 5; skew++) {
      for (size_t other : {0, 1, 2, 3}) expect_same("floats", values, to_float32(halves, skew, other));
    }
  }
}

// All midpoints between neighbours, and what is just beside them.
TEST(ties_go_to_the_even_one_and_what_is_too_large_to_infinity) {
  std::vector<float> values;
  for (uint32_t half = 0; half < 0x7f80; half += half < 0x100 || half > 0x7f00 ? 1 : 37) {
    for (uint32_t low : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu}) {
      values.push_back(float_of(half << 16 | low));
      values.push_back(float_of(half << 16 | low | 0x80000000u));
    }
  }
  values.push_back(INFINITY);
  values.push_back(-INFINITY);
  EXPECT(to_bfloat16(values, 0, 0) == bfloat16_bits(rounded_to_bfloat16(values)));
}

TEST(every_bfloat16_there_and_back_is_itself) {
  std::vector<uint16_t> halves;
  for (uint32_t bits = 0; bits < 0x10000; bits++) {
    if ((bits & 0x7fff) <= 0x7f80) halves.push_back(uint16_t(bits));
  }
  EXPECT(to_bfloat16(to_float32(halves, 0, 0), 0, 0) == halves);
}

BRIEF_TEST(a_nan_stays_one) {
  std::vector<float> values;
  for (uint32_t bits : {0x7fc00000u, 0x7fffffffu, 0xffffffffu, 0x7f800001u, 0xff800001u}) {
    values.push_back(float_of(bits));
  }
  for (float value : to_float32(to_bfloat16(values, 0, 0), 0, 0)) EXPECT(std::isnan(value));
  for (float value : to_float32({0x7f81, 0xff81, 0x7fff, 0xffff}, 0, 0)) EXPECT(std::isnan(value));
}

TEST(after_a_fault_nothing_is_converted) {
  surprisal_fault fault{SURPRISAL_FAULT_TOKEN, 7, 3, 9};
  CHECK(cudaMemcpy(stream()->fault, &fault, sizeof fault, cudaMemcpyHostToDevice));
  Array<float> floats(std::vector<float>{1, 2});
  Array<uint16_t> halves(std::vector<uint16_t>{3, 4});
  CHECK(surprisal_convert(floats.data(), halves.data(), 2, SURPRISAL_FLOAT32, SURPRISAL_BFLOAT16, stream()));
  CHECK(surprisal_convert(halves.data(), floats.data(), 2, SURPRISAL_BFLOAT16, SURPRISAL_FLOAT32, stream()));
  EXPECT(take_fault().position == 3);
  expect_same("floats", {1, 2}, floats.read());
  EXPECT(halves.read() == (std::vector<uint16_t>{3, 4}));
}

TEST(types_that_are_not_one_of_each_are_refused) {
  for (int from = -1; from < 3; from++) {
    for (int to = -1; to < 3; to++) {
      bool taken = from + to == 1 && from * to == 0;
      EXPECT(surprisal_convert(nullptr, nullptr, 0, from, to, stream()) ==
             (taken ? SURPRISAL_SUCCESS : SURPRISAL_INVALID_ARGUMENT));
    }
  }
  EXPECT(surprisal_convert(nullptr, nullptr, -1, 0, 1, stream()) == SURPRISAL_INVALID_ARGUMENT);
}
