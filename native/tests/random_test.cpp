#include <cmath>

#include "kernel_test.h"
#include "philox_reference.h"

using namespace test;

namespace {
constexpr int64_t kSeed = 0x123456789abcdef0;
constexpr int64_t kSequence = -3;

std::vector<float> uniform(int64_t count, float low, float high, int64_t seed, int64_t sequence, size_t skew = 0) {
  Array<float> output(count, skew);
  CHECK(surprisal_uniform(output.data(), count, low, high, seed, sequence, stream()));
  return output.read();
}

std::vector<float> normal_numbers(int64_t count, float mean, float deviation, size_t skew = 0) {
  Array<float> output(count, skew);
  CHECK(surprisal_normal(output.data(), count, mean, deviation, kSeed, kSequence, stream()));
  return output.read();
}
}  // namespace

TEST(uniform_numbers_of_counter_0_are_the_published_words) {
  const uint32_t words[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  std::vector<float> found = uniform(4, 0, 1, 0, 0);
  for (int i = 0; i < 4; i++) EXPECT(found[i] == float(words[i] >> 8) * 0x1p-24f);
}

TEST(uniform_numbers_have_the_bits_of_the_formula_at_any_size_and_alignment) {
  for (int64_t count : {0, 1, 2, 3, 4, 5, 1023, 1027, 40001}) {
    for (size_t skew : {0, 1, 2, 3}) {
      std::vector<float> expected(count);
      for (int64_t i = 0; i < count; i++) {
        float scaled = uniform_reference(i, uint64_t(kSequence), uint64_t(kSeed)) * (0.7f - -0.3f);
        expected[i] = -0.3f + scaled;
      }
      expect_same("uniform " + std::to_string(count), expected, uniform(count, -0.3f, 0.7f, kSeed, kSequence, skew));
    }
  }
}

TEST(uniform_numbers_do_not_reach_the_bound_above) {
  // Between 2^24 and 2^24 + 4 there are two floats: rounding must not make it three.
  bool lower = false, upper = false;
  for (float value : uniform(10000, 0x1p24f, 0x1p24f + 4, 1, 2)) {
    EXPECT(value == 0x1p24f || value == 0x1p24f + 2);
    lower |= value == 0x1p24f;
    upper |= value == 0x1p24f + 2;
  }
  EXPECT(lower && upper);
}

TEST(normal_numbers_are_those_of_box_and_muller) {
  for (int64_t count : {0, 1, 2, 3, 4, 5, 1023, 1027, 40001}) {
    for (size_t skew : {0, 1}) {
      std::vector<double> expected(count);
      for (int64_t i = 0; i < count; i++) {
        auto words = philox_reference(i / 4, uint64_t(kSequence), uint64_t(kSeed));
        double radius = std::sqrt(-2 * std::log((words[i % 4 / 2 * 2] + 1.0) * 0x1p-32));
        double angle = 2 * M_PI * ((words[i % 4 / 2 * 2 + 1] + 1.0) * 0x1p-32);
        expected[i] = 3 + 0.5 * radius * (i % 2 == 0 ? std::cos(angle) : std::sin(angle));
      }
      expect_close("normal " + std::to_string(count), expected, normal_numbers(count, 3, 0.5f, skew), 1e-7, 1e-12);
    }
  }
}

BRIEF_TEST(a_deviation_of_0_gives_the_mean) {
  expect_same("mean", {2, 2, 2}, normal_numbers(3, 2, 0));
}

BRIEF_TEST(random_numbers_are_written_within_the_tensor_alone) {
  Array<float> memory(std::vector<float>(12, -7));
  CHECK(surprisal_uniform(memory.data() + 2, 7, 0, 1, 1, 2, stream()));
  std::vector<float> found = memory.read();
  for (int i : {0, 1, 9, 10, 11}) EXPECT(found[i] == -7);
  for (int i = 2; i < 9; i++) EXPECT(found[i] >= 0);
}

TEST(a_range_that_holds_no_number_is_refused) {
  Array<float> output(std::vector<float>{5});
  const float ranges[][2] = {{1, 1}, {2, 1}, {0, NAN}, {0, INFINITY}, {-3e38f, 3e38f}};
  for (auto& range : ranges) {
    EXPECT(surprisal_uniform(output.data(), 1, range[0], range[1], 1, 2, stream()) == SURPRISAL_INVALID_ARGUMENT);
  }
  const float moments[][2] = {{0, -1}, {NAN, 1}, {0, NAN}, {0, INFINITY}};
  for (auto& moment : moments) {
    EXPECT(surprisal_normal(output.data(), 1, moment[0], moment[1], 1, 2, stream()) == SURPRISAL_INVALID_ARGUMENT);
  }
  EXPECT(surprisal_uniform(output.data(), -1, 0, 1, 1, 2, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(output.read()[0] == 5);
}
