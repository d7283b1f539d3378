#include <algorithm>
#include <climits>
#include <cmath>
#include <numeric>

#include "kernel_test.h"

using namespace test;

namespace {
struct Case {
  std::vector<int32_t> tokens;
  int32_t vocabulary, width, padding;
  bool accumulate;
};

std::vector<float> start_of(const Case& c) {
  return normal(3, size_t(c.vocabulary) * c.width);
}

std::vector<float> backward(const Case& c, const std::vector<float>& rows, size_t skew = 0) {
  int64_t count = int64_t(c.tokens.size());
  Array<int32_t> ids(c.tokens, skew);
  Array<float> grad_output(rows, skew), grad_weight(size_t(c.vocabulary) * c.width, skew);
  if (c.accumulate) grad_weight.write(start_of(c));
  Array<char> workspace(surprisal_add_rows_workspace(count, c.vocabulary, c.width));
  CHECK(surprisal_add_rows(ids.data(), grad_output.data(), grad_weight.data(), workspace.data(), count, c.vocabulary,
                           c.width, c.padding, c.accumulate, stream()));
  return grad_weight.read();
}

void check(const Case& c) {
  size_t count = c.tokens.size();
  std::vector<float> rows = normal(1, count * c.width);
  std::vector<double> expected(size_t(c.vocabulary) * c.width);
  if (c.accumulate) {
    std::vector<float> start = start_of(c);
    expected.assign(start.begin(), start.end());
  }
  for (size_t n = 0; n < count; n++) {
    if (c.tokens[n] == c.padding) continue;
    for (int e = 0; e < c.width; e++) expected[size_t(c.tokens[n]) * c.width + e] += rows[n * c.width + e];
  }
  std::string what = "N=" + std::to_string(count) + " V=" + std::to_string(c.vocabulary) +
                     " E=" + std::to_string(c.width) + " padding=" + std::to_string(c.padding);
  double scale = std::sqrt(std::max(1.0, double(count) / 64));
  std::vector<float> found = backward(c, rows);
  expect_close(what, expected, found, kRtol * scale, kAtol * scale);
  expect_same(what + ", unaligned", found, backward(c, rows, 1));
  expect_same(what + ", skewed by 8 bytes", found, backward(c, rows, 2));
}

// Sums of small integers are exact in every order, so a row left out or taken twice shows to the last bit.
void check_exactly(const Case& c) {
  std::vector<int32_t> values = integers(5, c.tokens.size() * c.width, 16);
  std::vector<float> rows(values.begin(), values.end());
  std::vector<float> expected(size_t(c.vocabulary) * c.width);
  for (size_t i = 0; i < rows.size(); i++) {
    int32_t token = c.tokens[i / c.width];
    if (token != c.padding) expected[size_t(token) * c.width + i % c.width] += rows[i];
  }
  expect_same("N=" + std::to_string(c.tokens.size()) + " V=" + std::to_string(c.vocabulary), expected,
              backward(c, rows));
}
}  // namespace

TEST(the_gradient_of_a_row_is_the_sum_over_its_places) {
  for (int32_t vocabulary : {1, 31, 127}) {
    for (int32_t width : {1, 3, 4, 33, 50}) {
      for (size_t count : {0, 1, 2, 16, 17, 33, 700}) {
        std::vector<int32_t> tokens = integers(1, count, vocabulary);
        check({tokens, vocabulary, width, -1, false});
        check({tokens, vocabulary, width, vocabulary - 1, true});
        check({tokens, vocabulary, width, 0, false});
      }
    }
  }
}

BRIEF_TEST(wide_rows_are_cut_into_tiles) {
  for (int32_t width : {127, 128, 129, 513, 650, 1028}) {
    check({integers(1, 100, 7), 7, width, 3, false});
    check({integers(1, 100, 7), 7, width, -1, true});
  }
}

TEST(one_token_may_fill_the_batch) {
  for (size_t count : {15, 16, 17, 32, 700, 9000}) {
    std::vector<int32_t> tokens(count, 6);
    check({tokens, 7, 12, -1, false});
    check({tokens, 7, 12, -1, true});
    check({tokens, 7, 12, 6, false});
  }
}

TEST(tokens_that_begin_or_end_with_a_chunk_are_summed_once) {
  for (int length : {15, 16, 17, 31, 32, 33, 48}) {
    std::vector<int32_t> tokens;
    for (int32_t token = 0; token < 9; token++) tokens.insert(tokens.end(), length, token);
    check_exactly({tokens, 10, 5, -1, false});
    check_exactly({tokens, 10, 5, 4, false});
    tokens.insert(tokens.begin(), 1, 9);
    std::reverse(tokens.begin(), tokens.end());
    check_exactly({tokens, 10, 5, -1, false});
  }
}

TEST(vocabularies_of_one_to_four_bytes_are_sorted) {
  for (int32_t vocabulary : {255, 256, 257, 65536, 65537, 300000}) {
    std::vector<int32_t> tokens = integers(7, 3000, vocabulary);
    for (int i = 0; i < 500; i++) tokens[i] = vocabulary - 1 - i % 3;
    check_exactly({tokens, vocabulary, 2, -1, false});
  }
}

TEST(more_tokens_than_one_block_sorts_go_through_several) {
  for (size_t count : {8191, 8192, 8193, 12288, 20001}) {
    check_exactly({integers(8, count, 3), 3, 1, -1, false});
    check_exactly({integers(8, count, 1000), 1000, 3, 5, false});
  }
  check_exactly({integers(8, 13000, 70000), 70000, 2, -1, false});
  check({integers(9, 20001, 50), 50, 8, -1, true});
  // More tiles than a warp has lanes.
  check_exactly({integers(8, 135000, 3), 3, 1, -1, false});
}

TEST(more_tiles_are_sorted_than_a_warp_has_lanes) {
  check_exactly({integers(8, 33 * 4096 + 1, 3), 3, 1, -1, false});
}

BRIEF_TEST(places_of_a_token_are_summed_in_their_order) {
  // 1 is lost beside 2^24 unless the large ones come together and cancel first, or last.
  for (size_t count : {16, 8200}) {
    std::vector<int32_t> tokens(count);
    for (size_t n = 0; n < count; n++) tokens[n] = int32_t(n % 2 * 2);
    std::vector<float> rows(count, 0);
    rows[0] = 0x1p24f;
    rows[2] = 1;
    rows[4] = -0x1p24f;
    rows[1] = 0x1p24f;
    rows[3] = -0x1p24f;
    rows[5] = 1;
    expect_same("sums", {0, 0, 1}, backward({tokens, 3, 1, -1, false}, rows));
  }
}

TEST(the_gradient_may_have_more_than_2_to_the_31_elements) {
  const int32_t vocabulary = 3000000, width = 1001;  // odd, so that offsets count single floats
  for (int64_t count : {3, 9000}) {
    std::vector<int32_t> tokens(count, 2200000);
    tokens[1] = vocabulary - 1;
    Array<int32_t> ids(tokens);
    Array<float> grad_output(std::vector<float>(count * width, 0.5f));
    Array<float> grad_weight(size_t(vocabulary) * width);
    Array<char> workspace(surprisal_add_rows_workspace(count, vocabulary, width));
    for (int32_t token : {2200000, vocabulary - 1}) {
      CHECK(cudaMemset(grad_weight.data() + size_t(token) * width, 0, width * 4));
    }
    CHECK(surprisal_add_rows(ids.data(), grad_output.data(), grad_weight.data(), workspace.data(), count, vocabulary,
                             width, -1, 1, stream()));
    for (int32_t token : {2200000, vocabulary - 1}) {
      std::vector<float> row(width), expected(width, token == 2200000 ? float(count - 1) / 2 : 0.5f);
      CHECK(cudaMemcpy(row.data(), grad_weight.data() + size_t(token) * width, width * 4, cudaMemcpyDeviceToHost));
      expect_same("row of " + std::to_string(token), expected, row);
    }
  }
}

TEST(a_token_outside_the_vocabulary_leaves_the_gradient_alone) {
  for (int32_t outside : {-1, 31, INT_MAX, INT_MIN}) {
    for (size_t count : {700, 9000}) {
      for (int accumulate : {0, 1}) {
        std::vector<int32_t> tokens = integers(1, count, 31);
        tokens[count - 1] = outside;
        tokens[count / 2] = outside;
        Array<int32_t> ids(tokens);
        Array<float> grad_output(normal(1, count * 3));
        std::vector<float> before = normal(2, 31 * 3);
        Array<float> grad_weight(before);
        Array<char> workspace(surprisal_add_rows_workspace(int64_t(count), 31, 3));
        CHECK(surprisal_add_rows(ids.data(), grad_output.data(), grad_weight.data(), workspace.data(), int64_t(count),
                                 31, 3, outside, accumulate, stream()));
        surprisal_fault fault = take_fault();
        EXPECT(fault.kind == SURPRISAL_FAULT_TOKEN && fault.position == int64_t(count) / 2 && fault.value == outside &&
               fault.classes == 31);
        expect_same("gradient", before, grad_weight.read());
      }
    }
  }
}

TEST(sizes_that_do_not_fit_are_refused) {
  auto status = [](int64_t count, int32_t vocabulary, int32_t width) {
    return surprisal_add_rows(nullptr, nullptr, nullptr, nullptr, count, vocabulary, width, -1, 0, stream());
  };
  EXPECT(status(-1, 1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(1, -1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(1, 1, -1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(int64_t(1) << 31, 1, 1) == SURPRISAL_INVALID_ARGUMENT);
}
