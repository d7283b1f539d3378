#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
struct Sums {
  std::vector<float> first, second;
};

Sums column_sums(const std::vector<float>& matrix, int64_t rows, int64_t columns, bool accumulate, size_t skew,
                 float start) {
  Array<float> placed(matrix, skew), first(std::vector<float>(columns, start), skew);
  Array<float> second(std::vector<float>(columns, 2 * start));
  Array<char> workspace(surprisal_column_sums_workspace(rows, columns));
  CHECK(surprisal_column_sums(placed.data(), first.data(), second.data(), workspace.data(), rows, columns, accumulate,
                              stream()));
  return {first.read(), second.read()};
}
}  // namespace

TEST(column_sums_are_those_of_the_matrix) {
  const int64_t shapes[][2] = {{0, 3},     {1, 1},     {3, 0},     {1, 31},    {17, 4},
                               {127, 33},  {128, 8},   {129, 12},  {1120, 5},  {700, 50},
                               {300, 127}, {257, 128}, {513, 132}, {70000, 3}, {2049, 260}};
  for (auto& shape : shapes) {
    int64_t rows = shape[0], columns = shape[1];
    std::vector<float> matrix = normal(rows + columns, rows * columns);
    std::vector<double> expected(columns), added(columns), second(columns);
    for (int64_t i = 0; i < rows * columns; i++) expected[i % columns] += matrix[i];
    for (int64_t c = 0; c < columns; c++) {
      added[c] = expected[c] + 0.5;
      second[c] = expected[c] + 1;
    }
    double scale = std::sqrt(std::max<double>(1, double(rows) / 64));
    std::string what = "sums of " + std::to_string(rows) + " x " + std::to_string(columns);
    Sums plain = column_sums(matrix, rows, columns, false, 0, NAN);
    expect_close(what, expected, plain.first, kRtol * scale, kAtol * scale);
    expect_same(what + ", second", plain.first, plain.second);
    expect_same(what + ", unaligned", plain.first, column_sums(matrix, rows, columns, false, 1, NAN).first);
    Sums more = column_sums(matrix, rows, columns, true, 0, 0.5f);
    expect_close(what + ", added", added, more.first, kRtol * scale, kAtol * scale);
    expect_close(what + ", second added", second, more.second, kRtol * scale, kAtol * scale);
  }
}

BRIEF_TEST(column_sums_of_integers_are_exact_and_take_each_row_once) {
  const int64_t rows = 5000, columns = 20;
  std::vector<float> matrix(rows * columns);
  for (int64_t i = 0; i < rows * columns; i++) matrix[i] = float(i / columns % 97 + i % columns);
  std::vector<float> expected(columns);
  for (int64_t i = 0; i < rows * columns; i++) expected[i % columns] += matrix[i];
  expect_same("integers", expected, column_sums(matrix, rows, columns, false, 0, NAN).first);
}

BRIEF_TEST(the_second_sums_may_be_left_out) {
  Array<float> matrix(std::vector<float>{1, 2, 3, 4}), sums(2);
  CHECK(surprisal_column_sums(matrix.data(), sums.data(), nullptr, nullptr, 2, 2, 0, stream()));
  expect_same("sums", {4, 6}, sums.read());
}
