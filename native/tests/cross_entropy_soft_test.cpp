// Cross-entropy against distributions.
#include "cross_entropy_reference.h"

using namespace test;

namespace {
CrossEntropyCall sample(int classes, size_t rows, uint64_t seed = 1) {
  CrossEntropyCall call;
  call.classes = classes;
  call.logits = normal(seed, rows * size_t(classes), 3);
  call.probabilities = distributions(seed + 1, rows, classes);
  return call;
}

CrossEntropyCall of(int classes, std::vector<float> logits, std::vector<float> probabilities) {
  CrossEntropyCall call;
  call.classes = classes;
  call.logits = std::move(logits);
  call.probabilities = std::move(probabilities);
  call.reduction = Reduction::none;
  return call;
}

std::vector<CrossEntropyCall> with_options(const CrossEntropyCall& call) {
  std::vector<CrossEntropyCall> calls;
  for (Reduction reduction : {Reduction::none, Reduction::sum, Reduction::mean}) {
    for (int option = 0; option < 4; option++) {
      CrossEntropyCall next = call;
      next.reduction = reduction;
      next.smoothing = option % 2 == 0 ? 0 : 0.1f;
      if (option >= 2) next.weights = normal(7, size_t(call.classes));
      for (float& weight : next.weights) weight = std::fabs(weight);
      if (reduction != Reduction::sum) next.upstream = normal(9, call.rows());
      if (reduction == Reduction::mean && option == 0) next.divisor = {8};
      calls.push_back(next);
    }
  }
  return calls;
}
}  // namespace

TEST(losses_total_and_gradient_are_those_of_the_formula) {
  for (int classes : {1, 2, 3, 5, 31, 33, 127, 1000, 1024}) {
    for (const CrossEntropyCall& call : with_options(sample(classes, 11))) {
      expect_right(std::to_string(classes) + " classes", call);
    }
  }
}

TEST(every_layout_computes_the_formula) {
  for (int classes : {1025, 4097, 10000}) {
    std::vector<CrossEntropyCall> calls = with_options(sample(classes, 3));
    in_every_layout(classes, [&](const std::string& name) {
      for (size_t i : {0, 3, 5, 11}) expect_right(name, calls[i]);
    });
  }
}

TEST(rows_of_a_large_vocabulary_are_shared_by_blocks) {
  for (int classes : {33279, 50257}) {
    CrossEntropyCall call = sample(classes, 2);
    in_every_layout(classes, [&](const std::string& name) { expect_right(name, call); });
  }
}

TEST(alignment_changes_no_bit) {
  for (int classes : {3, 127, 1023, 1030, 4096}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 3);
      CrossEntropyResult aligned = run(call);
      for (size_t skew = 0; skew < 4; skew++) {
        call.skew = skew;
        call.gradient_skew = 3 - skew;
        CrossEntropyResult result = run(call);
        expect_same("losses of " + name, aligned.losses, result.losses);
        expect_same("total of " + name, aligned.total, result.total);
        expect_same("gradient of " + name, aligned.gradient, result.gradient);
      }
    });
  }
}

TEST(the_gradient_may_take_the_place_of_the_logits_or_be_left_out) {
  for (int classes : {127, 1027}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 9);
      CrossEntropyResult apart = run(call);
      expect_same("logits of " + name, call.logits, apart.logits);
      for (Gradient where : {Gradient::none, Gradient::in_place}) {
        call.where = where;
        CrossEntropyResult result = run(call);
        expect_same("losses of " + name, apart.losses, result.losses);
        expect_same("total of " + name, apart.total, result.total);
        const std::vector<float>& expected = where == Gradient::none ? call.logits : apart.gradient;
        expect_same("logits of " + name, expected, result.logits);
      }
    });
  }
}

TEST(a_distribution_on_one_class_is_as_exact_as_that_class) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (int lead = 0; lead <= 80; lead += 8) {
        size_t size = size_t(classes);
        CrossEntropyCall call = of(classes, std::vector<float>(size), std::vector<float>(size));
        call.logits[1] = float(lead);
        call.probabilities[1] = 1;
        double other = std::exp(-lead), rest = (classes - 1) * other;
        std::vector<double> gradient(size, other / (1 + rest));
        gradient[1] = -rest / (1 + rest);
        CrossEntropyResult result = run(call);
        expect_close("loss of " + name, {std::log1p(rest)}, result.losses, kRtol, 0);
        expect_close("gradient of " + name, gradient, result.gradient, kRtol, 0);
      }
    });
  }
}

TEST(two_equal_logits_have_loss_log_2_however_large_they_are) {
  for (float level : {0.0f, 0x1p24f, -0x1p24f, 1e30f, -3e38f}) {
    CrossEntropyResult result = run(of(2, {level, level}, {0.5f, 0.5f}));
    expect_same("loss", {float(std::log(2))}, result.losses);
    expect_close("gradient", {0, 0}, result.gradient);
  }
}

TEST(a_masked_class_of_probability_0_takes_no_part) {
  CrossEntropyResult result = run(of(3, {0, -kInfinity, 0, -kInfinity, -kInfinity, 5}, {0.5f, 0, 0.5f, 0, 0, 1}));
  expect_close("losses", {std::log(2), 0}, result.losses);
  expect_close("gradient", std::vector<double>(6), result.gradient);
  result = run(of(3, {0, -kInfinity, 0}, {0.5f, 0.25f, 0.25f}));
  expect_same("losses", {kInfinity}, result.losses);
  expect_close("gradient", {0, -0.25, 0.25}, result.gradient);
}

TEST(a_class_of_weight_0_costs_nothing_even_where_it_is_masked) {
  for (float smoothing : {0.0f, 0.1f}) {
    CrossEntropyCall call = of(3, {0, -kInfinity, 0}, {0.5f, 0.25f, 0.25f});
    call.weights = {1, 0, 1};
    call.smoothing = smoothing;
    expect_right("a masked class", call);
  }
}

TEST(a_logit_that_is_no_number_shows_in_the_loss_of_its_row_alone) {
  for (float bad : {kNaN, kInfinity}) {
    CrossEntropyResult result = run(of(3, {0, bad, 1, 0, 0, 0}, {1, 0, 0, 1, 0, 0}));
    EXPECT(std::isnan(result.losses[0]));
    expect_same("other loss", {float(std::log(3))}, {result.losses[1]});
  }
}

TEST(a_row_that_is_no_distribution_is_refused_by_its_number_before_anything_is_written) {
  for (int classes : {127, 1031}) {
    CrossEntropyCall good = sample(classes, 14);
    size_t row = size_t(classes);
    auto with = [&](size_t at, float value) {
      CrossEntropyCall bad = good;
      bad.probabilities[at] = value;
      bad.where = at % 2 == 0 ? Gradient::apart : Gradient::in_place;
      return bad;
    };
    expect_refused(with(5 * row, -1e-6f), SURPRISAL_FAULT_PROBABILITY, 5, -1e-6f);
    expect_refused(with(14 * row - 1, -1e-6f), SURPRISAL_FAULT_PROBABILITY, 13, -1e-6f);
    expect_refused(with(13 * row + 70, kNaN), SURPRISAL_FAULT_PROBABILITY, 13, kNaN);
    expect_refused(with(0, kInfinity), SURPRISAL_FAULT_SUM, 0, kInfinity);
    float first = good.probabilities[7 * row];
    expect_refused(with(7 * row, first + 2e-3f), SURPRISAL_FAULT_SUM, 7, 1 + 2e-3);
    CrossEntropyCall zero = good;
    zero.probabilities.assign(14 * row, 0);
    expect_refused(zero, SURPRISAL_FAULT_SUM, 0, 0);
    // Of several the lowest row, and in it the first value; some are one thread's.
    size_t same_thread = classes == 127 ? 32 : 256;
    CrossEntropyCall several = with(4 * row + 1, 3);
    for (size_t at : {3 * row + 50, 3 * row + 40, 3 * row + 40 + same_thread, 9 * row}) {
      several.probabilities[at] = -float(at);
    }
    expect_refused(several, SURPRISAL_FAULT_PROBABILITY, 3, -double(3 * row + 40));
    expect_right("a sum that is close", with(3, good.probabilities[3] + 0.9e-3f));
  }
}

TEST(the_lowest_of_many_bad_rows_is_refused) {
  CrossEntropyCall call = of(1, std::vector<float>(3000), std::vector<float>(3000, 1));
  call.probabilities[2999] = 2;
  expect_refused(call, SURPRISAL_FAULT_SUM, 2999, 2);
  call.probabilities[1100] = -3;
  call.probabilities[1100 + 1024] = -4;
  expect_refused(call, SURPRISAL_FAULT_PROBABILITY, 1100, -3);
  call.probabilities[1100 + 1024] = -4;  // which the same thread looks at
  expect_refused(call, SURPRISAL_FAULT_PROBABILITY, 1100, -3);
}

TEST(an_earlier_fault_is_kept_and_nothing_written) {
  CrossEntropyCall call = sample(31, 5);
  call.probabilities[0] = -1;
  surprisal_fault earlier = {SURPRISAL_FAULT_TOKEN, 31, 3, 99};
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  expect_refused(call, SURPRISAL_FAULT_TOKEN, 3, 99);
}

BRIEF_TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {1, 31, 33, 127, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 3);
      call.reduction = Reduction::none;
      call.smoothing = 0.1f;
      for (const auto& [option, with] : with_row_options(call)) {
        CrossEntropyCall next = call;
        static_cast<LossCall&>(next) = with;
        expect_right(name + ", " + option, next);
      }
    });
  }
}

TEST(positions_that_are_no_tokens_are_refused) {
  CrossEntropyCall call = sample(31, 3);
  call.tokens = 5;
  call.positions = {4, 0, 5};
  call.probabilities[0] = -1;
  expect_refused(call, SURPRISAL_FAULT_POSITION, 2, 5);
}

TEST(sizes_that_cannot_be_are_refused) {
  surprisal_loss_rows rows = {};
  rows.scale = 1;
  EXPECT(surprisal_cross_entropy_soft(&rows, nullptr, nullptr, nullptr, 0, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(std::string(surprisal_message()) == "cross_entropy_soft: expected a class or more, found 0");
  rows.classes = 31;
  EXPECT(surprisal_cross_entropy_soft(&rows, nullptr, nullptr, nullptr, 0, stream()) == SURPRISAL_SUCCESS);
}
