#include <cmath>

#include "kernel_test.h"
#include "philox_reference.h"

using namespace test;

namespace {
constexpr int64_t kSeed = -0x123456789abcdef;

std::vector<float> expected_of(const std::vector<float>& input, float probability, int64_t sequence) {
  float scale = float(1 / (1 - double(probability)));
  std::vector<float> expected(input.size());
  for (size_t i = 0; i < input.size(); i++) {
    expected[i] = uniform_reference(i, sequence, uint64_t(kSeed)) >= probability ? input[i] * scale : 0;
  }
  return expected;
}
}  // namespace

TEST(dropout_keeps_and_scales_where_the_uniform_number_says_so) {
  for (int64_t count : {0, 1, 2, 3, 4, 5, 1023, 1026, 40001}) {
    for (float probability : {0.0f, 0.25f, 0.65f, 1.0f}) {
      for (size_t skew : {0, 1, 2, 3}) {
        std::vector<float> values = normal(1, count);
        Array<float> input(values, skew), output(count, 3 - skew);
        Array<int64_t> sequence(std::vector<int64_t>{7});
        CHECK(surprisal_dropout(input.data(), sequence.data(), output.data(), count, probability, kSeed, stream()));
        expect_same("dropout of " + std::to_string(count), expected_of(values, probability, 7), output.read());
        expect_same("input", values, input.read());
      }
    }
  }
}

BRIEF_TEST(a_number_equal_to_the_probability_is_kept) {
  std::vector<float> values(400, 1);
  Array<float> input(values), output(400);
  Array<int64_t> sequence(std::vector<int64_t>{1});
  float probability = uniform_reference(42, 1, uint64_t(kSeed));
  CHECK(surprisal_dropout(input.data(), sequence.data(), output.data(), 400, probability, kSeed, stream()));
  EXPECT(output.read()[42] > 0);
}

TEST(dropout_may_be_in_place_and_takes_its_sequence_from_the_device) {
  std::vector<float> values = normal(2, 1001);
  Array<float> data(values);
  Array<int64_t> sequence(std::vector<int64_t>{int64_t(1) << 40});
  CHECK(surprisal_dropout(data.data(), sequence.data(), data.data(), 1001, 0.5f, kSeed, stream()));
  expect_same("in place", expected_of(values, 0.5f, int64_t(1) << 40), data.read());
  sequence.write({8});
  data.write(values);
  CHECK(surprisal_dropout(data.data(), sequence.data(), data.data(), 1001, 0.5f, kSeed, stream()));
  expect_same("another sequence", expected_of(values, 0.5f, 8), data.read());
}

TEST(a_dropout_probability_outside_0_to_1_is_refused) {
  Array<float> data(std::vector<float>{1});
  Array<int64_t> sequence(std::vector<int64_t>{1});
  for (float probability : {-0.1f, 1.1f, NAN}) {
    EXPECT(surprisal_dropout(data.data(), sequence.data(), data.data(), 1, probability, 1, stream()) ==
           SURPRISAL_INVALID_ARGUMENT);
  }
  EXPECT(data.read()[0] == 1);
}
