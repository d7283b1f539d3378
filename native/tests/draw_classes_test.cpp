#include <cmath>

#include "kernel_test.h"
#include "philox_reference.h"

using namespace test;

namespace {
constexpr int64_t kSeed = -0x123456789abcdef;

double uniform53(int64_t i, int64_t sequence) {
  auto words = philox_reference(i / 2, sequence, uint64_t(kSeed));
  size_t at = i % 2 * 2;
  return double((uint64_t(words[at]) << 32 | words[at + 1]) >> 11) * 0x1p-53;
}

std::vector<int32_t> draw(int64_t count, int32_t classes, int64_t sequence, const float* thresholds = nullptr,
                          const int32_t* aliases = nullptr, size_t skew = 0) {
  Array<int32_t> samples(std::vector<int32_t>(count + 1, -7), skew);
  Array<int64_t> on_device(std::vector<int64_t>{sequence});
  CHECK(surprisal_draw_classes(thresholds, aliases, on_device.data(), samples.data(), count, classes, kSeed, stream()));
  std::vector<int32_t> found = samples.read();
  EXPECT(found.back() == -7 && on_device.read()[0] == sequence + 1);
  found.pop_back();
  return found;
}

// Wilson and Hilferty's deviate of Pearson's chi-square.
double deviate(const std::vector<double>& expected, const std::vector<int32_t>& samples) {
  std::vector<double> counts(expected.size());
  for (int32_t sample : samples) counts[sample]++;
  double sum = 0;
  for (size_t v = 0; v < counts.size(); v++) sum += (counts[v] - expected[v]) * (counts[v] - expected[v]) / expected[v];
  double freedom = double(expected.size()) - 1, spread = 2 / (9 * freedom);
  return (std::cbrt(sum / freedom) - (1 - spread)) / std::sqrt(spread);
}
}  // namespace

TEST(a_log_uniform_sample_is_the_whole_part_of_a_power) {
  for (int32_t classes : {1, 2, 3, 1000, 262144, 2147483647}) {
    for (int64_t count : {0, 1, 2, 3, 511, 1025}) {
      for (size_t skew : {0, 1}) {
        std::vector<int32_t> found = draw(count, classes, 7, nullptr, nullptr, skew);
        for (int64_t i = 0; i < count; i++) {
          double expected = std::floor(std::exp(uniform53(i, 7) * std::log(classes + 1.0))) - 1;
          if (found[i] != expected) fail("%d classes: expected %g, found %d", classes, expected, found[i]);
        }
      }
    }
  }
}

TEST(log_uniform_samples_follow_their_distribution) {
  const int count = 200000, classes = 300;
  std::vector<double> expected(classes);
  for (int v = 0; v < classes; v++) expected[v] = count * std::log((v + 2.0) / (v + 1)) / std::log(classes + 1.0);
  double found = deviate(expected, draw(count, classes, 3));
  if (!(found < 5)) fail("the deviate of chi-square is %g", found);
}

BRIEF_TEST(an_alias_takes_what_reaches_the_threshold_of_its_column) {
  std::vector<float> odds = {0.25f, 1, 0, 0.75f, 0.5f};
  std::vector<int32_t> other = {3, 1, 4, 0, 2};
  Array<float> thresholds(odds, 1);
  Array<int32_t> aliases(other, 1);
  for (int64_t count : {1, 2, 701}) {
    std::vector<int32_t> found = draw(count, 5, -2, thresholds.data(), aliases.data());
    for (int64_t i = 0; i < count; i++) {
      double place = uniform53(i, -2) * 5;
      int column = int(place);
      int32_t expected = place - column < odds[column] ? column : other[column];
      if (found[i] != expected) fail("sample %d: expected %d, found %d", int(i), expected, found[i]);
    }
  }
}

TEST(alias_samples_follow_the_distribution_of_their_table) {
  const int count = 200000;
  std::vector<float> odds = {0.25f, 1, 0, 0.75f, 0.5f};
  std::vector<int32_t> other = {3, 1, 4, 0, 0};
  std::vector<double> expected(5);
  for (int v = 0; v < 5; v++) {
    expected[v] += odds[v] * count / 5;
    expected[other[v]] += (1 - odds[v]) * count / 5;
  }
  Array<float> thresholds(odds);
  Array<int32_t> aliases(other);
  std::vector<int32_t> samples = draw(count, 5, 1, thresholds.data(), aliases.data());
  // Class 2 is never drawn.
  for (int32_t& sample : samples) {
    EXPECT(sample != 2);
    if (sample > 2) sample--;
  }
  expected.erase(expected.begin() + 2);
  double found = deviate(expected, samples);
  if (!(found < 5)) fail("the deviate of chi-square is %g", found);
}

TEST(another_sequence_draws_other_samples_and_the_same_one_the_same) {
  std::vector<int32_t> first = draw(500, 100000, 1);
  EXPECT(first == draw(500, 100000, 1));
  EXPECT(first != draw(500, 100000, 2));
  EXPECT(first != draw(500, 100000, 1 + (int64_t(1) << 40)));
}

BRIEF_TEST(a_sequence_goes_on_from_draw_to_draw) {
  Array<int32_t> samples(100);
  Array<int64_t> sequence(std::vector<int64_t>{5});
  for (int64_t step = 5; step < 8; step++) {
    CHECK(surprisal_draw_classes(nullptr, nullptr, sequence.data(), samples.data(), 100, 77, kSeed, stream()));
    EXPECT(samples.read() == draw(100, 77, step));
  }
}

TEST(drawing_of_no_class_or_with_half_a_table_is_refused) {
  Array<float> thresholds(std::vector<float>{1});
  Array<int32_t> aliases(std::vector<int32_t>{0}), samples(std::vector<int32_t>{-7});
  Array<int64_t> sequence(std::vector<int64_t>{1});
  auto status = [&](const float* t, const int32_t* a, int64_t count, int32_t classes) {
    return surprisal_draw_classes(t, a, sequence.data(), samples.data(), count, classes, 1, stream());
  };
  EXPECT(status(nullptr, nullptr, -1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, nullptr, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(thresholds.data(), nullptr, 1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, aliases.data(), 1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(samples.read()[0] == -7);
}
