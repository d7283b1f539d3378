// What all losses of rows have in common, by the example of cross-entropy: options, statistics, tokens.
#include "cross_entropy_reference.h"

using namespace test;

namespace {
// With targets for the tokens of with_row_options.
CrossEntropyCall sample(int classes, size_t rows) {
  CrossEntropyCall call;
  call.classes = classes;
  call.logits = normal(1, rows * size_t(classes), 3);
  call.targets = integers(2, 2 * rows + 1, classes);
  call.reduction = Reduction::none;
  return call;
}

CrossEntropyCall with(CrossEntropyCall call, const LossCall& rows) {
  static_cast<LossCall&>(call) = rows;
  return call;
}
}  // namespace

TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {1, 2, 31, 33, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (const auto& [option, rows] : with_row_options(sample(classes, 5))) {
        for (float smoothing : {0.0f, 0.1f}) {
          CrossEntropyCall call = with(sample(classes, 5), rows);
          call.smoothing = smoothing;
          if (option == "everything") {
            call.weights.assign(size_t(classes), 0.75f);
            for (size_t token = 0; token < call.targets.size(); token += 4) call.targets[token] = kIgnored;
          }
          expect_right(name + ", " + option, call);
        }
      }
    });
  }
}

TEST(options_and_statistics_work_on_a_large_vocabulary) {
  in_every_layout(33279, [&](const std::string& name) {
    for (const auto& [option, rows] : with_row_options(sample(33279, 2))) {
      if (option == "everything" || option == "statistics") {
        expect_right(name + ", " + option, with(sample(33279, 2), rows));
      }
    }
  });
}

TEST(options_keep_alignment_out_of_the_bits) {
  for (int classes : {127, 1023, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = with(sample(classes, 3), with_row_options(sample(classes, 3)).back().second);
      call.where = Gradient::apart;
      CrossEntropyResult aligned = run(call);
      for (size_t skew = 0; skew < 4; skew++) {
        call.skew = skew;
        for (size_t other : {skew, (skew + 1) % 4}) {
          call.gradient_skew = other;
          CrossEntropyResult result = run(call);
          expect_same("losses of " + name, aligned.losses, result.losses);
          expect_same("gradient of " + name, aligned.gradient, result.gradient);
          expect_same("log-sum-exp of " + name, aligned.log_sum_exp, result.log_sum_exp);
          expect_same("entropy of " + name, aligned.entropy, result.entropy);
        }
      }
    });
  }
}

TEST(what_is_asked_for_besides_changes_no_bit_of_losses_and_gradients) {
  for (int classes : {31, 1024, 5000}) {
    CrossEntropyCall call = sample(classes, 4);
    CrossEntropyResult alone = run(call);
    call.statistics = true;
    CrossEntropyResult besides = run(call);
    expect_same("losses", alone.losses, besides.losses);
    expect_same("gradient", alone.gradient, besides.gradient);
  }
}

TEST(statistics_of_ignored_rows_are_written_like_others) {
  for (int classes : {31, 1029}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 5);
      call.statistics = true;
      call.z_loss = 0.1f;
      call.targets.assign(11, kIgnored);
      expect_right(name, call);
      call.ignored = softmax_of({call.logits.begin() + 2 * classes, call.logits.begin() + 3 * classes}).argmax;
      call.targets.assign(11, call.ignored);
      expect_right(name + ", ignored argmax", call);
    });
  }
}

TEST(log_sum_exp_alone_is_written_for_every_row) {
  for (int classes : {31, 1029}) {
    CrossEntropyCall call = sample(classes, 3);
    call.targets[1] = kIgnored;
    LossExpected expected = expected_of(call, definition_of(call));
    Array<float> logits(call.logits), losses(3), log_sum_exp(3), log_probability(3);
    Array<int32_t> targets(call.targets);
    surprisal_loss_rows rows = {};
    rows.logits = logits.data();
    rows.losses = losses.data();
    rows.log_sum_exp = log_sum_exp.data();
    rows.log_probability = log_probability.data();
    rows.rows = rows.tokens = 3;
    rows.classes = classes;
    rows.scale = 1;
    CHECK(surprisal_cross_entropy(&rows, targets.data(), nullptr, nullptr, kIgnored, 0, stream()));
    expect_close("log-sum-exp", expected.log_sum_exp, log_sum_exp.read());
    expect_close("log-probability", expected.log_probability, log_probability.read());
    expect_close("losses", expected.losses, losses.read());
  }
}

TEST(of_equal_logits_the_lowest_class_is_the_argmax) {
  for (int classes : {2, 33, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float level : {0.0f, 1e30f, -kInfinity}) {
        for (int first : {0, 1, classes / 2, classes - 1}) {
          CrossEntropyCall call = sample(classes, 1);
          call.statistics = true;
          // Under a cap all of them are the same.
          call.soft_cap = level == 0 ? 0.0f : 1.0f;
          call.logits.assign(size_t(classes), level == 0 ? -1.0f : level / 2);
          for (int v = first; v < classes; v++) call.logits[size_t(v)] = level;
          call.targets[0] = first;
          float expected = level == -kInfinity ? 0 : float(first);
          CrossEntropyResult result = run(call);
          expect_same("argmax of " + name, {expected}, result.argmax);
          expect_same("correct of " + name, {expected == float(first) ? 1.0f : 0.0f}, result.correct);
        }
      }
    });
  }
}

BRIEF_TEST(a_scale_costs_large_logits_no_digits) {
  for (int classes : {2, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 1);
      call.logits.assign(size_t(classes), 0x1p24f);
      call.logits[0] = 0x1p24f + 2;
      call.targets[0] = 1;
      call.scale = 0.7f;
      double lead = double(call.scale) * 2, rest = (classes - 1) * std::exp(-lead);
      expect_close("loss of " + name, {lead + std::log1p(rest)}, run(call).losses);
    });
  }
}

TEST(an_almost_certain_target_keeps_its_digits_under_a_scale) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 1);
      call.logits.assign(size_t(classes), 0);
      call.logits[1] = 40;
      call.targets[0] = 1;
      call.scale = 0.5f;
      call.statistics = true;
      double other = std::exp(-20.0), rest = (classes - 1) * other;
      std::vector<double> gradient(size_t(classes), 0.5 * other / (1 + rest));
      gradient[1] = -0.5 * rest / (1 + rest);
      CrossEntropyResult result = run(call);
      expect_close("loss of " + name, {std::log1p(rest)}, result.losses, kRtol, 0);
      expect_close("log-probability of " + name, {-std::log1p(rest)}, result.log_probability, kRtol, 0);
      expect_close("gradient of " + name, gradient, result.gradient, kRtol, 0);
      expect_close("entropy of " + name, {std::log1p(rest) + 20 * rest / (1 + rest)}, result.entropy, kRtol, 0);
    });
  }
}

TEST(a_masked_class_stays_masked_under_every_option) {
  for (int classes : {5, 1100}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (const auto& [option, rows] : with_row_options(sample(classes, 3))) {
        CrossEntropyCall call = with(sample(classes, 3), rows);
        for (size_t i = 0; i < call.logits.size(); i += 2) call.logits[i] = -kInfinity;
        for (size_t n = 0; n < 3; n++) {
          size_t v = size_t(call.targets[call.token(n)]);
          call.logits[n * size_t(classes) + v] = 1;
        }
        expect_right(name + ", " + option, call);
      }
    });
  }
}

TEST(rows_of_one_token_each_may_come_in_any_order_and_leave_others_out) {
  for (int classes : {31, 1030}) {
    CrossEntropyCall call = sample(classes, 4);
    call.tokens = 7;
    call.positions = {6, 0, 3, 2};
    call.targets = {0, 99999, 1, 2, -5, 99999, 30};
    call.statistics = true;
    expect_right("four of seven tokens", call);
  }
}

TEST(a_position_that_is_no_token_is_refused_before_anything_is_written) {
  for (int classes : {31, 1030}) {
    for (int outside : {-1, 11, INT32_MAX, INT32_MIN}) {
      CrossEntropyCall call = sample(classes, 5);
      call.statistics = true;
      call.tokens = 11;
      call.positions = {10, 3, 0, outside, outside};
      call.targets[10] = -7;
      expect_refused(call, SURPRISAL_FAULT_POSITION, 3, outside);
    }
  }
}

TEST(a_target_that_is_no_class_is_refused_by_the_token_of_the_first_row) {
  CrossEntropyCall call = sample(31, 5);
  call.tokens = 11;
  call.positions = {10, 9, 0, 2, 1};
  call.targets[9] = 31;
  call.targets[0] = -1;
  call.targets[5] = -1;
  expect_refused(call, SURPRISAL_FAULT_TARGET, 9, 31);
}

TEST(nothing_arrives_where_the_divisor_is_0) {
  CrossEntropyCall call = sample(31, 5);
  call.divisor = {0};
  call.upstream.assign(5, kInfinity);
  for (float gradient : run(call).gradient) EXPECT(gradient == 0);
}
