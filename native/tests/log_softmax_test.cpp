#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
// Two floats of each row before the classes, and three behind them, must stay.
constexpr int64_t kBefore = 2;
constexpr int64_t kBehind = 3;

// By the formula, and -7 where nothing is to be written; offsets are the second column of three.
std::vector<double> expected_of(const std::vector<float>& z, const std::vector<float>& offsets, int64_t rows,
                                int64_t classes) {
  int64_t stride = kBefore + classes + kBehind;
  std::vector<double> expected(rows * stride, -7);
  for (int64_t n = 0; n < rows; n++) {
    const float* row = z.data() + n * classes;
    double max = -INFINITY, rest = 0;
    int64_t top = 0;
    for (int64_t v = 0; v < classes; v++) {
      if (row[v] > max) {
        max = row[v];
        top = v;
      }
    }
    for (int64_t v = 0; v < classes; v++) {
      if (v != top) rest += std::exp(row[v] - max);
    }
    for (int64_t v = 0; v < classes; v++) {
      expected[n * stride + kBefore + v] =
          (row[v] - max) - std::log1p(rest) + (offsets.empty() ? 0 : offsets[3 * n + 1]);
    }
  }
  return expected;
}

std::vector<float> found_of(const std::vector<float>& z, const std::vector<float>& offsets, int64_t rows,
                            int64_t classes, size_t skew) {
  int64_t stride = kBefore + classes + kBehind;
  Array<float> logits(z, skew), output(std::vector<float>(rows * stride, -7), skew / 2), added(offsets, skew % 2);
  CHECK(surprisal_log_softmax(logits.data(), offsets.empty() ? nullptr : added.data() + 1, output.data() + kBefore,
                              rows, int32_t(classes), 3, stride, stream()));
  return output.read();
}
}  // namespace

TEST(rows_are_the_logarithms_of_softmax_in_their_columns) {
  for (int64_t rows : {0, 1, 5}) {
    for (int64_t classes : {1, 2, 31, 255, 257, 2049, 5003}) {
      std::vector<float> z = normal(1, rows * classes, 3), offsets = normal(2, 3 * rows);
      for (auto& added : {std::vector<float>(), offsets}) {
        std::vector<float> found = found_of(z, added, rows, classes, 0);
        expect_close("V = " + std::to_string(classes), expected_of(z, added, rows, classes), found);
        for (size_t skew : {1, 2, 3}) expect_same("unaligned", found, found_of(z, added, rows, classes, skew));
      }
    }
  }
}

BRIEF_TEST(a_certain_class_keeps_its_digits_and_a_masked_one_has_none) {
  std::vector<float> z = {0, 30, -INFINITY, 0x1p24f, 0x1p24f, -INFINITY};
  std::vector<float> found = found_of(z, {}, 2, 3, 0);
  expect_close("log-probabilities", expected_of(z, {}, 2, 3), found, 1e-6, 0);
  EXPECT(found[3] < 0);
}

TEST(log_softmax_may_be_in_place) {
  std::vector<float> z = normal(1, 3 * 700, 3);
  Array<float> logits(z), apart(z.size());
  CHECK(surprisal_log_softmax(logits.data(), nullptr, apart.data(), 3, 700, 0, 700, stream()));
  CHECK(surprisal_log_softmax(logits.data(), nullptr, logits.data(), 3, 700, 0, 700, stream()));
  expect_same("in place", apart.read(), logits.read());
}

TEST(sizes_that_log_softmax_does_not_take_are_refused) {
  Array<float> z(4);
  float* p = z.data();
  EXPECT(surprisal_log_softmax(p, nullptr, p, -1, 4, 0, 4, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_log_softmax(p, nullptr, p, 1, 0, 0, 4, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_log_softmax(p, nullptr, p, 1, 4, 0, 3, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_log_softmax(p, p, p, 1, 4, 0, 4, stream()) == SURPRISAL_INVALID_ARGUMENT);
}
