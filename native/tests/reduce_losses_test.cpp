// The weight of targets and the total of losses.
#include "kernel_test.h"

#include <cmath>

using namespace test;

namespace {
constexpr float kUntouched = -12345;

float weight_of(const std::vector<int32_t>& tokens, const std::vector<float>& class_weights, int classes, int ignored) {
  Array<int32_t> targets(tokens);
  Array<float> weights(class_weights), sum(std::vector<float>{kUntouched});
  CHECK(surprisal_target_weight(targets.data(), class_weights.empty() ? nullptr : weights.data(), sum.data(),
                                int64_t(tokens.size()), classes, ignored, stream()));
  return sum.read()[0];
}

float total_of(const std::vector<float>& values, const float* divisor) {
  Array<float> losses(values, 1), by(std::vector<float>{divisor == nullptr ? 0 : *divisor});
  Array<float> total(std::vector<float>{kUntouched});
  CHECK(surprisal_reduce_losses(losses.data(), divisor == nullptr ? nullptr : by.data(), total.data(),
                                int64_t(values.size()), stream()));
  return total.read()[0];
}
}  // namespace

TEST(the_weight_of_targets_is_that_of_their_classes_but_for_ignored_ones) {
  for (size_t count : {0, 1, 31, 1023, 1024, 1025, 9001}) {
    std::vector<int32_t> targets = integers(1, count, 33);
    std::vector<float> weights = normal(2, 33);
    double counted = 0, weighed = 0;
    for (size_t n = 0; n < count; n++) {
      if (n % 3 == 0) targets[n] = -100;
      if (n % 3 != 0) weighed += double(std::fabs(weights[size_t(targets[n])]));
      counted += n % 3 != 0;
    }
    for (float& weight : weights) weight = std::fabs(weight);
    expect_close("a sum without weights", {counted}, {weight_of(targets, {}, 33, -100)}, 0, 0);
    expect_close("a sum of weights", {weighed}, {weight_of(targets, weights, 33, -100)});
  }
}

TEST(an_ignored_class_weighs_nothing) {
  EXPECT(weight_of({3, 1, 3}, {1, 2, 4, 8}, 4, 3) == 2);
  EXPECT(weight_of({3, 3}, {}, 4, 3) == 0);
}

TEST(a_target_that_is_no_class_is_refused) {
  for (int outside : {-1, 33, INT32_MAX}) {
    std::vector<int32_t> targets(3000, 32);
    targets[1700] = outside;
    targets[2900] = outside;
    EXPECT(weight_of(targets, {}, 33, -100) == kUntouched);
    surprisal_fault fault = take_fault();
    EXPECT(fault.kind == SURPRISAL_FAULT_TARGET && fault.position == 1700 && fault.value == outside);
    EXPECT(fault.classes == 33);
  }
}

TEST(losses_are_summed_in_double_and_divided) {
  for (size_t count : {0, 1, 31, 1023, 1024, 1025, 5003}) {
    std::vector<float> losses = normal(3, count, 2);
    if (count > 0) losses[0] = 1e7f;
    double sum = 0;
    for (float loss : losses) sum += loss;
    float divisor = 7;
    expect_close("a sum", {sum}, {total_of(losses, nullptr)}, 1e-7, 0);
    expect_close("a mean", {sum / 7}, {total_of(losses, &divisor)}, 1e-7, 0);
  }
}

TEST(a_divisor_of_0_gives_0) {
  float divisor = 0;
  EXPECT(total_of({0, 0}, &divisor) == 0);
  EXPECT(total_of({1}, &divisor) == 0);
}

TEST(an_earlier_fault_is_kept_and_nothing_written) {
  surprisal_fault earlier = {SURPRISAL_FAULT_TOKEN, 7, 3, 9};
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  EXPECT(total_of({1, 2}, nullptr) == kUntouched);
  EXPECT(weight_of({1, -7}, {}, 3, -100) == kUntouched);
  surprisal_fault fault = take_fault();
  EXPECT(fault.kind == SURPRISAL_FAULT_TOKEN && fault.position == 3);
}

TEST(sizes_that_cannot_be_are_refused) {
  EXPECT(surprisal_target_weight(nullptr, nullptr, nullptr, 0, 0, 0, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_target_weight(nullptr, nullptr, nullptr, -1, 3, 0, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_reduce_losses(nullptr, nullptr, nullptr, -1, stream()) == SURPRISAL_INVALID_ARGUMENT);
}
