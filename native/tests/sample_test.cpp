#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernel_test.h"
#include "philox_reference.h"

using namespace test;

namespace {
struct Options {
  float temperature = 1;
  int32_t top_k = 0;
  float top_p = 1;
};

constexpr int64_t kSeed = 0x7eadbeef12345678;

std::vector<int32_t> sample(const std::vector<float>& logits, int32_t classes, const Options& o, int64_t counter,
                            size_t skew = 0) {
  int64_t rows = int64_t(logits.size()) / classes;
  Array<float> placed(logits, skew);
  Array<int32_t> tokens(std::vector<int32_t>(rows, -5));
  Array<char> workspace(surprisal_sample_workspace(rows, classes));
  CHECK(surprisal_sample(placed.data(), tokens.data(), workspace.data(), rows, classes, o.temperature, o.top_k, o.top_p,
                         kSeed, counter, stream()));
  return tokens.read();
}

// As the CPU device draws: sorted, cut, then inverted.
int32_t draw_reference(const float* z, int32_t classes, const Options& o, uint64_t row, int64_t counter) {
  std::vector<int32_t> order(classes);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return z[a] > z[b]; });
  if (o.temperature == 0) return order[0];
  auto term = [&](int i) { return std::exp((double(z[order[i]]) - z[order[0]]) / o.temperature); };
  int kept = o.top_k == 0 ? classes : std::min(o.top_k, classes);
  double total = 0, nucleus = 0;
  for (int i = 0; i < kept; i++) total += term(i);
  int end = 0;
  while (end < kept && (end == 0 || nucleus < double(o.top_p) * total)) nucleus += term(end++);
  double rest = (1 - (philox_reference(row, counter, kSeed)[0] + 1.0) * 0x1p-32) * nucleus;
  for (int i = 0; i < end; i++) {
    rest -= term(i);
    if (rest < 0) return order[i];
  }
  return order[0];
}

void check(const std::vector<float>& logits, int32_t classes, const Options& o, int64_t counter) {
  std::vector<int32_t> found = sample(logits, classes, o, counter);
  int apart = 0;
  for (size_t row = 0; row < found.size(); row++) {
    int32_t expected = draw_reference(&logits[row * classes], classes, o, row, counter);
    if (found[row] == expected) continue;
    if (apart++ == 0) {
      fail("V=%d temperature=%g top_k=%d top_p=%g row %zu: expected token %d, found %d", classes, double(o.temperature),
           o.top_k, double(o.top_p), row, expected, found[row]);
    }
  }
}

const Options kOptions[] = {{1, 0, 1},    {0, 0, 1},        {0.5f, 0, 1},   {10, 0, 1},      {1, 1, 1},
                            {1, 5, 1},    {1, 255, 1},      {1, 1000, 1},   {1, 0, 1e-9f},   {1, 0, 0.3f},
                            {1, 0, 0.9f}, {0.7f, 40, 0.8f}, {1e-30f, 0, 1}, {1e6f, 3, 0.5f}, {1, 0, 0.999f}};

int rows_for(int32_t classes) {
  return classes < 200 ? 16 : 3;
}
}  // namespace

TEST(tokens_are_those_that_the_cpu_device_draws) {
  for (int32_t classes : {1, 2, 31, 33, 127, 255, 256, 257, 1000, 4097, 65537}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes), 3);
    for (const Options& o : kOptions) check(logits, classes, o, 9);
  }
}

TEST(equal_logits_are_drawn_in_the_order_of_their_indices) {
  for (int32_t classes : {2, 31, 127, 300, 1000}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes));
    std::vector<float> same(logits.size(), -2);
    for (float& z : logits) z = std::round(z);  // -0 and 0 are equal too
    for (const Options& o : kOptions) {
      check(logits, classes, o, 10);
      check(same, classes, o, 11);
    }
  }
}

TEST(logits_that_differ_in_their_last_bits_alone_are_told_apart) {
  for (int32_t classes : {31, 200, 300}) {
    std::vector<float> logits(size_t(classes) * 10);
    for (size_t i = 0; i < logits.size(); i++) logits[i] = 1 + float(i * 7 % classes % 128) * 0x1p-23f;
    for (const Options& o : kOptions) check(logits, classes, o, 15);
  }
}

BRIEF_TEST(a_masked_token_is_never_drawn) {
  for (int32_t classes : {5, 127, 300}) {
    std::vector<float> logits = normal(classes, size_t(classes) * rows_for(classes));
    for (size_t i = 0; i < logits.size(); i++) {
      if (i % classes % 5 != 3) logits[i] = -INFINITY;
    }
    for (const Options& o : kOptions) {
      check(logits, classes, o, 12);
      for (int32_t token : sample(logits, classes, o, 13)) EXPECT(token % 5 == 3);
    }
  }
}

TEST(draws_are_as_frequent_as_probable) {
  std::vector<float> row = {0.5f, 1, -1, 0}, logits;
  double total = 0;
  for (float z : row) total += std::exp(z);
  const int draws = 4000;
  for (int i = 0; i < draws; i++) logits.insert(logits.end(), row.begin(), row.end());
  std::vector<int> counts(4);
  for (int32_t token : sample(logits, 4, Options(), 14)) counts[token]++;
  double chi_square = 0;
  for (int k = 0; k < 4; k++) {
    double expected = draws * std::exp(row[k]) / total;
    chi_square += (counts[k] - expected) * (counts[k] - expected) / expected;
  }
  EXPECT(chi_square < 20);  // three degrees of freedom: once in 6000
}

TEST(a_draw_depends_on_seed_counter_and_row) {
  std::vector<float> logits(200 * 31, 0);
  std::vector<int32_t> first = sample(logits, 31, Options(), 3);
  EXPECT(first == sample(logits, 31, Options(), 3, 1));
  EXPECT(first != sample(logits, 31, Options(), 4));
  EXPECT(first != sample(logits, 31, Options(), 3 + (int64_t(1) << 32)));
  EXPECT(*std::min_element(first.begin(), first.end()) != *std::max_element(first.begin(), first.end()));
}

TEST(there_may_be_no_rows) {
  EXPECT(sample({}, 31, Options(), 1).empty());
}

TEST(the_first_row_that_no_token_can_be_drawn_from_is_reported_and_no_token_is_written) {
  for (float temperature : {0.0f, 1.0f}) {
    for (int32_t classes : {3, 300}) {
      const int rows = classes == 3 ? 520 : 20;
      for (float value : {NAN, -NAN, INFINITY, -INFINITY}) {
        std::vector<float> logits = normal(1, rows * classes);
        for (int row : {rows - 1, rows / 2}) {
          logits[row * classes + 1] = value;
          if (value == -INFINITY) std::fill_n(logits.begin() + row * classes, classes, value);
        }
        Array<float> placed(logits);
        Array<int32_t> tokens(std::vector<int32_t>(rows, -5));
        Array<char> workspace(surprisal_sample_workspace(rows, classes));
        CHECK(surprisal_sample(placed.data(), tokens.data(), workspace.data(), rows, classes, temperature, 0, 1, 1, 2,
                               stream()));
        surprisal_fault fault = take_fault();
        EXPECT(fault.kind == SURPRISAL_FAULT_LOGIT && fault.position == rows / 2 && fault.classes == classes);
        EXPECT(std::isnan(value) ? std::isnan(fault.value) : fault.value == value);
        EXPECT(tokens.read() == std::vector<int32_t>(rows, -5));
      }
    }
  }
}

TEST(a_row_with_nan_is_reported_though_it_has_infinity_too) {
  Array<float> logits(std::vector<float>{INFINITY, NAN, 1});
  Array<int32_t> tokens(1);
  Array<char> workspace(surprisal_sample_workspace(1, 3));
  CHECK(surprisal_sample(logits.data(), tokens.data(), workspace.data(), 1, 3, 1, 0, 1, 1, 2, stream()));
  EXPECT(std::isnan(take_fault().value));
}

TEST(options_outside_their_range_are_refused) {
  Array<float> logits(std::vector<float>{1, 2});
  Array<int32_t> tokens(std::vector<int32_t>{-5});
  Array<char> workspace(surprisal_sample_workspace(1, 2));
  auto refused = [&](int32_t classes, float temperature, int32_t top_k, float top_p) {
    return surprisal_sample(logits.data(), tokens.data(), workspace.data(), 1, classes, temperature, top_k, top_p, 1, 2,
                            stream()) == SURPRISAL_INVALID_ARGUMENT;
  };
  EXPECT(refused(0, 1, 0, 1) && refused(2, -1, 0, 1) && refused(2, NAN, 0, 1) && refused(2, INFINITY, 0, 1));
  EXPECT(refused(2, 1, -1, 1) && refused(2, 1, 0, 0) && refused(2, 1, 0, 1.5f) && refused(2, 1, 0, NAN));
  EXPECT(tokens.read()[0] == -5);
}
