#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
float norm_of(const std::vector<float>& gradients, size_t skew = 0) {
  Array<float> placed(gradients, skew), norm(1);
  Array<char> workspace(surprisal_gradient_norm_workspace(int64_t(gradients.size())));
  CHECK(surprisal_gradient_norm(placed.data(), norm.data(), workspace.data(), int64_t(gradients.size()), stream()));
  return norm.read()[0];
}
}  // namespace

TEST(the_norm_is_the_root_of_the_sum_of_squares) {
  for (size_t count : {0, 1, 3, 4, 1023, 1025, 8191, 8192, 8193, 65537, 200001}) {
    std::vector<float> gradients = normal(1, count, 3);
    double squares = 0;
    for (float g : gradients) squares += double(g) * g;
    // One rounding: a gradient left out or taken twice shows.
    float found = norm_of(gradients);
    expect_close("norm of " + std::to_string(count), {std::sqrt(squares)}, {found}, 6e-8, 0);
    for (size_t skew : {1, 2, 3}) expect_same("unaligned", {found}, {norm_of(gradients, skew)});
  }
}

BRIEF_TEST(every_gradient_counts) {
  for (size_t place : {0, 1, 8191, 8192, 16384, 16390, 16391}) {
    std::vector<float> gradients(16392, 0);
    gradients[place] = -3;
    EXPECT(norm_of(gradients) == 3);
  }
}

TEST(more_chunks_are_summed_than_a_block_has_threads) {
  std::vector<float> gradients(1025 * 8192, 0);
  gradients[5] = 3;
  gradients.back() = 4;
  EXPECT(norm_of(gradients) == 5);
}

TEST(squares_that_no_float_holds_are_summed_all_the_same) {
  expect_close("large", {5 * double(1e25f)}, {norm_of({3e25f, 4e25f})}, 1e-6, 0);
  expect_close("small", {5 * double(1e-30f)}, {norm_of({3e-30f, -4e-30f})}, 1e-6, 0);
}

TEST(a_gradient_that_is_no_number_shows_in_the_norm) {
  EXPECT(std::isnan(norm_of({1, NAN, 2})));
  EXPECT(norm_of({1, -INFINITY, 2}) == INFINITY);
}
