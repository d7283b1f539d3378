#include "kernel_test.h"

using namespace test;

BRIEF_TEST(every_row_is_the_bias_whatever_the_shape_and_alignment) {
  const int64_t shapes[][2] = {{0, 3},  {3, 0},   {1, 1},   {1, 2},     {5, 1},     {2, 3},     {700, 3}, {7, 31},
                               {33, 4}, {3, 127}, {64, 50}, {20, 1000}, {3, 10001}, {2000, 33}, {1, 5}};
  for (auto& shape : shapes) {
    for (size_t skew : {0, 1, 2, 3}) {
      int64_t rows = shape[0], columns = shape[1], count = rows * columns;
      std::vector<float> bias = normal(1, columns);
      Array<float> placed(bias, skew % 2);
      // Two floats on either side must stay.
      Array<float> output(std::vector<float>(count + 4, -7), skew);
      CHECK(surprisal_fill_rows(placed.data(), output.data() + 2, rows, columns, stream()));
      std::vector<float> expected(count + 4, -7);
      for (int64_t i = 0; i < count; i++) expected[i + 2] = bias[i % columns];
      expect_same("rows of " + std::to_string(columns), expected, output.read());
    }
  }
}
