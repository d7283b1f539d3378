#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernel_test.h"

using namespace test;

namespace {
struct Found {
  std::vector<int32_t> ids;
  std::vector<float> log_probabilities;
};

Found top_k(const std::vector<float>& logits, int32_t classes, int32_t k, size_t skew = 0) {
  int64_t rows = int64_t(logits.size()) / classes;
  Array<float> placed(logits, skew);
  Array<int32_t> ids(std::vector<int32_t>(rows * k, -5), skew);
  Array<float> log_probabilities(std::vector<float>(rows * k, NAN), skew);
  Array<char> workspace(surprisal_top_k_workspace(rows));
  CHECK(surprisal_top_k(placed.data(), ids.data(), log_probabilities.data(), workspace.data(), rows, classes, k,
                        stream()));
  return {ids.read(), log_probabilities.read()};
}

void check(const std::vector<float>& logits, int32_t classes, int32_t k) {
  Found found = top_k(logits, classes, k);
  std::vector<int32_t> order(classes), ids;
  std::vector<double> log_probabilities;
  for (size_t row = 0; row < logits.size() / classes; row++) {
    const float* z = &logits[row * classes];
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return z[a] > z[b]; });
    double rest = 0;
    for (int32_t i = 1; i < classes; i++) rest += std::exp(double(z[order[i]]) - z[order[0]]);
    for (int32_t i = 0; i < k; i++) {
      ids.push_back(order[i]);
      log_probabilities.push_back(double(z[order[i]]) - z[order[0]] - std::log1p(rest));
    }
  }
  std::string what = "V=" + std::to_string(classes) + " k=" + std::to_string(k);
  if (found.ids != ids) fail("%s: other classes", what.c_str());
  expect_close(what, log_probabilities, found.log_probabilities);
}

std::vector<int32_t> some_k(int32_t classes) {
  std::vector<int32_t> all = {1, 2, 5, 31, 32, 33, 255, 256, 1000, 1023, 1024, 1025, 2048, 2500, classes - 1, classes};
  all.erase(std::remove_if(all.begin(), all.end(), [&](int32_t k) { return k < 1 || k > classes; }), all.end());
  return all;
}

int rows_for(int32_t classes) {
  return classes < 200 ? 16 : 2;
}
}  // namespace

TEST(classes_come_out_by_falling_probability) {
  for (int32_t classes : {1, 2, 31, 33, 127, 255, 256, 257, 1000, 1025, 4097}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes), 3);
    for (int32_t k : some_k(classes)) check(logits, classes, k);
  }
  check(normal(1, 65537, 3), 65537, 7);
  check(normal(2, 65537, 3), 65537, 3000);
}

TEST(of_equal_logits_the_lower_class_comes_first) {
  for (int32_t classes : {2, 31, 127, 300, 2500}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes));
    for (float& z : logits) z = std::round(z);  // -0 and 0 are equal too
    std::vector<float> same(logits.size(), -2);
    for (int32_t k : some_k(classes)) {
      check(logits, classes, k);
      check(same, classes, k);
    }
  }
}

TEST(masked_classes_come_last) {
  for (int32_t classes : {5, 127, 1300}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes));
    for (size_t i = 0; i < logits.size(); i++) {
      if (i % classes % 5 != 3) logits[i] = -INFINITY;
    }
    for (int32_t k : some_k(classes)) check(logits, classes, k);
  }
}

BRIEF_TEST(an_almost_certain_class_keeps_the_digits_of_its_log_probability) {
  std::vector<float> logits(300, -40);
  logits[123] = 0;
  float expected = float(-299 * std::exp(-40.0));
  float found = top_k(logits, 300, 1).log_probabilities[0];
  EXPECT(std::fabs(found - expected) <= 1e-6f * std::fabs(expected));
}

TEST(logits_may_be_large) {
  std::vector<float> logits(31, 0x1p24f);
  logits[7] += 2;
  check(logits, 31, 31);
  for (float& z : logits) z = -z;
  check(logits, 31, 31);
}

TEST(a_row_does_not_depend_on_those_beside_it_or_on_where_it_lies) {
  std::vector<float> logits = normal(9, 40 * 127, 2);
  Found all = top_k(logits, 127, 11), skewed = top_k(logits, 127, 11, 1);
  EXPECT(all.ids == skewed.ids);
  expect_same("log-probabilities", all.log_probabilities, skewed.log_probabilities);
  std::vector<float> last(logits.end() - 127, logits.end());
  Found alone = top_k(last, 127, 11);
  EXPECT(std::equal(alone.ids.begin(), alone.ids.end(), all.ids.end() - 11));
}

TEST(there_may_be_no_rows_to_select_from) {
  EXPECT(top_k({}, 31, 3).ids.empty());
}

TEST(the_first_row_without_a_softmax_is_reported_and_nothing_is_written) {
  for (int32_t classes : {3, 300}) {
    const int rows = classes == 3 ? 520 : 20;
    for (float value : {NAN, -NAN, INFINITY, -INFINITY}) {
      std::vector<float> logits = normal(1, rows * classes);
      for (int row : {rows - 1, rows / 2}) {
        logits[row * classes + 1] = value;
        if (value == -INFINITY) std::fill_n(logits.begin() + row * classes, classes, value);
      }
      Array<float> placed(logits), log_probabilities(std::vector<float>(rows * 2, -5));
      Array<int32_t> ids(std::vector<int32_t>(rows * 2, -5));
      Array<char> workspace(surprisal_top_k_workspace(rows));
      CHECK(surprisal_top_k(placed.data(), ids.data(), log_probabilities.data(), workspace.data(), rows, classes, 2,
                            stream()));
      surprisal_fault fault = take_fault();
      EXPECT(fault.kind == SURPRISAL_FAULT_LOGIT && fault.position == rows / 2 && fault.classes == classes);
      EXPECT(std::isnan(value) ? std::isnan(fault.value) : fault.value == value);
      EXPECT(ids.read() == std::vector<int32_t>(rows * 2, -5));
      EXPECT(log_probabilities.read() == std::vector<float>(rows * 2, -5));
    }
  }
}

TEST(a_k_outside_its_range_is_refused) {
  Array<float> logits(std::vector<float>{1, 2}), log_probabilities(std::vector<float>{-5, -5});
  Array<int32_t> ids(std::vector<int32_t>{-5, -5});
  Array<char> workspace(surprisal_top_k_workspace(1));
  auto refused = [&](int64_t rows, int32_t classes, int32_t k) {
    return surprisal_top_k(logits.data(), ids.data(), log_probabilities.data(), workspace.data(), rows, classes, k,
                           stream()) == SURPRISAL_INVALID_ARGUMENT;
  };
  EXPECT(refused(1, 2, 0) && refused(1, 2, 3) && refused(1, 2, -1) && refused(1, 0, 1) && refused(-1, 2, 1));
  EXPECT(ids.read() == std::vector<int32_t>({-5, -5}));
}
