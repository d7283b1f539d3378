#include <climits>
#include <cmath>

#include "bfloat16_reference.h"
#include "kernel_test.h"

using namespace test;

TEST(a_token_is_turned_into_its_row) {
  for (int32_t vocabulary : {1, 31, 127}) {
    for (int32_t width : {1, 2, 3, 31, 32, 33, 50, 127, 128, 2050, 4100}) {
      for (int64_t count : {0, 1, 2, 5, 131}) {
        for (size_t skew : {0, 1, 2}) {
          std::vector<float> weight = normal(1, size_t(vocabulary) * width);
          std::vector<int32_t> tokens = integers(2, count, vocabulary);
          Array<float> placed(weight, skew);
          Array<int32_t> ids(tokens, 1);
          Array<float> output(std::vector<float>(count * width + 1, -7), skew);
          CHECK(surprisal_gather_rows(placed.data(), ids.data(), output.data(), count, vocabulary, width,
                                      SURPRISAL_FLOAT32, stream()));
          std::vector<float> expected(count * width + 1, -7);
          for (int64_t i = 0; i < count * width; i++) {
            expected[i] = weight[size_t(tokens[i / width]) * width + i % width];
          }
          expect_same("rows of " + std::to_string(width), expected, output.read());
        }
      }
    }
  }
}

BRIEF_TEST(rows_of_bfloat16_are_copied_as_they_are) {
  for (int32_t width : {1, 2, 3, 8, 31, 33, 128, 2050}) {
    for (int64_t count : {0, 1, 5, 131}) {
      for (size_t skew = 0; skew < 8; skew++) {
        std::vector<uint16_t> weight = bfloat16_bits(normal(1, size_t(31) * width));
        std::vector<int32_t> tokens = integers(2, count, 31);
        Array<uint16_t> placed(weight, skew), output(std::vector<uint16_t>(count * width + 1, 7), skew);
        Array<int32_t> ids(tokens);
        CHECK(surprisal_gather_rows(placed.data(), ids.data(), output.data(), count, 31, width, SURPRISAL_BFLOAT16,
                                    stream()));
        std::vector<uint16_t> found = output.read();
        for (int64_t i = 0; i < count * width; i++) {
          EXPECT(found[i] == weight[size_t(tokens[i / width]) * width + i % width]);
        }
        EXPECT(found.back() == 7);
      }
    }
  }
}

TEST(many_tokens_are_looked_up_over_many_blocks) {
  std::vector<float> weight = normal(1, 100 * 50);
  std::vector<int32_t> tokens = integers(2, 1120, 100);
  Array<float> placed(weight), output(1120 * 50);
  Array<int32_t> ids(tokens);
  CHECK(surprisal_gather_rows(placed.data(), ids.data(), output.data(), 1120, 100, 50, SURPRISAL_FLOAT32, stream()));
  std::vector<float> expected(1120 * 50);
  for (size_t i = 0; i < expected.size(); i++) expected[i] = weight[tokens[i / 50] * 50 + i % 50];
  expect_same("rows", expected, output.read());
}

TEST(the_embedding_matrix_may_have_more_than_2_to_the_31_elements) {
  const int32_t vocabulary = 3000000, width = 1001;  // odd, so that offsets count single floats
  Array<float> weight(size_t(vocabulary) * width);
  std::vector<int32_t> tokens = {vocabulary - 1, 2200000, 0};
  std::vector<float> expected;
  for (int32_t token : tokens) {
    std::vector<float> row = normal(token + 1, width);
    CHECK(cudaMemcpy(weight.data() + size_t(token) * width, row.data(), width * 4, cudaMemcpyHostToDevice));
    expected.insert(expected.end(), row.begin(), row.end());
  }
  Array<int32_t> ids(tokens);
  Array<float> output(3 * width);
  CHECK(surprisal_gather_rows(weight.data(), ids.data(), output.data(), 3, vocabulary, width, SURPRISAL_FLOAT32,
                              stream()));
  expect_same("rows", expected, output.read());
}

TEST(the_first_token_outside_the_vocabulary_is_reported_and_nothing_is_written) {
  for (int32_t outside : {-1, 31, INT_MAX, INT_MIN}) {
    for (int64_t place : {0, 699, 1500}) {
      std::vector<int32_t> tokens = integers(1, 2100, 31);
      tokens[place] = outside;
      tokens[2050] = -9;
      Array<int32_t> ids(tokens);
      Array<float> weight(normal(1, 31 * 3));
      Array<float> output(std::vector<float>(2100 * 3, -7));
      CHECK(surprisal_gather_rows(weight.data(), ids.data(), output.data(), 2100, 31, 3, SURPRISAL_FLOAT32, stream()));
      // A later operation finds the fault and leaves it and everything else alone.
      CHECK(surprisal_gather_rows(weight.data(), ids.data() + 1, output.data(), 1, 31, 3, SURPRISAL_FLOAT32, stream()));
      surprisal_fault fault = take_fault();
      EXPECT(fault.kind == SURPRISAL_FAULT_TOKEN && fault.position == place && fault.value == outside &&
             fault.classes == 31);
      expect_same("output", std::vector<float>(2100 * 3, -7), output.read());
    }
  }
}

TEST(tokens_are_checked_where_rows_are_empty_too) {
  Array<int32_t> ids(std::vector<int32_t>{0, 5});
  CHECK(surprisal_gather_rows(nullptr, ids.data(), nullptr, 2, 5, 0, SURPRISAL_FLOAT32, stream()));
  EXPECT(take_fault().position == 1);
  CHECK(surprisal_gather_rows(nullptr, ids.data(), nullptr, 2, 0, 3, SURPRISAL_FLOAT32, stream()));
  EXPECT(take_fault().position == 0);
}

TEST(rows_of_no_known_type_are_refused) {
  EXPECT(surprisal_gather_rows(nullptr, nullptr, nullptr, 1, 1, 1, 2, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_gather_rows(nullptr, nullptr, nullptr, 1, 1, 1, -1, stream()) == SURPRISAL_INVALID_ARGUMENT);
}

TEST(negative_sizes_are_refused) {
  EXPECT(surprisal_gather_rows(nullptr, nullptr, nullptr, -1, 1, 1, SURPRISAL_FLOAT32, stream()) ==
         SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_gather_rows(nullptr, nullptr, nullptr, 1, -1, 1, SURPRISAL_FLOAT32, stream()) ==
         SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_gather_rows(nullptr, nullptr, nullptr, 1, 1, -1, SURPRISAL_FLOAT32, stream()) ==
         SURPRISAL_INVALID_ARGUMENT);
}
