// Cross-entropy against classes.
#include "cross_entropy_reference.h"

using namespace test;

namespace {
CrossEntropyCall sample(int classes, size_t rows, uint64_t seed = 1) {
  CrossEntropyCall call;
  call.classes = classes;
  call.logits = normal(seed, rows * size_t(classes), 3);
  call.targets = integers(seed + 1, rows, classes);
  return call;
}

CrossEntropyCall of(int classes, std::vector<float> logits, std::vector<int32_t> targets, Reduction reduction) {
  CrossEntropyCall call;
  call.classes = classes;
  call.logits = std::move(logits);
  call.targets = std::move(targets);
  call.reduction = reduction;
  return call;
}

std::vector<float> weights_of(int classes) {
  std::vector<float> weights = normal(7, size_t(classes));
  for (float& weight : weights) weight = std::fabs(weight);
  return weights;
}

// Smoothing with and without weights and the other way round, each reduction with each.
std::vector<CrossEntropyCall> with_options(const CrossEntropyCall& call) {
  std::vector<CrossEntropyCall> calls;
  for (Reduction reduction : {Reduction::none, Reduction::sum, Reduction::mean}) {
    for (int option = 0; option < 4; option++) {
      CrossEntropyCall next = call;
      next.reduction = reduction;
      next.smoothing = option % 2 == 0 ? 0 : 0.1f;
      if (option >= 2) next.weights = weights_of(call.classes);
      next.ignored = option == 1 ? call.classes - 1 : option == 3 ? 0 : kIgnored;
      if (reduction != Reduction::sum) next.upstream = normal(9, call.rows());
      for (size_t n = 0; n < call.rows(); n += 3) next.targets[n] = next.ignored;
      calls.push_back(next);
    }
  }
  return calls;
}

std::vector<Gradient> everywhere() {
  return {Gradient::none, Gradient::apart, Gradient::in_place};
}
}  // namespace

TEST(losses_total_and_gradient_are_those_of_the_formula) {
  for (int classes : {1, 2, 3, 5, 31, 33, 127, 1000, 1024}) {
    for (const CrossEntropyCall& call : with_options(sample(classes, 21))) {
      expect_right(std::to_string(classes) + " classes", call);
    }
  }
}

TEST(every_layout_computes_the_formula) {
  for (int classes : {1025, 4097, 10000}) {
    std::vector<CrossEntropyCall> calls = with_options(sample(classes, 4));
    in_every_layout(classes, [&](const std::string& name) {
      for (size_t i : {0, 3, 5, 11}) expect_right(name, calls[i]);
    });
  }
}

TEST(rows_of_a_large_vocabulary_are_shared_by_blocks) {
  for (int classes : {33279, 50257, 131072}) {
    CrossEntropyCall call = sample(classes, 2);
    call.targets = {classes - 1, classes / 2};
    in_every_layout(classes, [&](const std::string& name) { expect_right(name, call); });
  }
}

TEST(the_target_may_be_any_class) {
  for (int classes : {5, 1029}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 5);
      call.targets = {0, classes - 1, classes / 2, classes / 4, 3 * classes / 4};
      expect_right(name, call);
    });
  }
}

TEST(alignment_changes_no_bit) {
  for (int classes : {3, 127, 1000, 1023, 1030, 4096}) {
    for (float smoothing : {0.0f, 0.1f}) {
      in_every_layout(classes, [&](const std::string& name) {
        CrossEntropyCall call = sample(classes, 3);
        call.smoothing = smoothing;
        call.targets[1] = kIgnored;
        CrossEntropyResult aligned = run(call);
        for (size_t skew = 0; skew < 4; skew++) {
          call.skew = skew;
          for (size_t other : {skew, (skew + 1) % 4}) {
            call.gradient_skew = other;
            CrossEntropyResult result = run(call);
            expect_same("losses of " + name, aligned.losses, result.losses);
            expect_same("total of " + name, aligned.total, result.total);
            expect_same("gradient of " + name, aligned.gradient, result.gradient);
          }
        }
      });
    }
  }
}

TEST(the_gradient_may_take_the_place_of_the_logits_or_be_left_out) {
  for (int classes : {127, 1027}) {
    for (float smoothing : {0.0f, 0.1f}) {
      in_every_layout(classes, [&](const std::string& name) {
        CrossEntropyCall call = sample(classes, 9);
        call.smoothing = smoothing;
        CrossEntropyResult apart = run(call);
        expect_same("logits of " + name, call.logits, apart.logits);
        for (Gradient where : everywhere()) {
          call.where = where;
          CrossEntropyResult result = run(call);
          expect_same("losses of " + name, apart.losses, result.losses);
          expect_same("total of " + name, apart.total, result.total);
          if (where == Gradient::none) {
            expect_same("logits of " + name, call.logits, result.logits);
          } else {
            expect_same("gradient of " + name, apart.gradient, result.gradient);
          }
        }
      });
    }
  }
}

TEST(the_loss_of_equal_logits_is_the_log_of_the_vocabulary) {
  for (int classes : {2, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float level : {0.0f, 0x1p24f, -0x1p24f, 1e30f, -3e38f}) {
        std::vector<float> logits(size_t(classes), level);
        CrossEntropyCall call = of(classes, logits, {classes / 2}, Reduction::mean);
        expect_same("loss of " + name, {float(std::log(double(classes)))}, run(call).total);
      }
    });
  }
}

TEST(an_almost_certain_target_keeps_its_digits) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (int lead = 0; lead <= 80; lead += 8) {
        CrossEntropyCall call = of(classes, std::vector<float>(size_t(classes)), {1}, Reduction::sum);
        call.logits[1] = float(lead);
        double other = std::exp(-lead), rest = (classes - 1) * other;
        std::vector<double> gradient(size_t(classes), other / (1 + rest));
        gradient[1] = -rest / (1 + rest);
        CrossEntropyResult result = run(call);
        expect_close("loss of " + name, {std::log1p(rest)}, result.losses, kRtol, 0);
        expect_close("gradient of " + name, gradient, result.gradient, kRtol, 0);
      }
    });
  }
}

BRIEF_TEST(a_masked_class_takes_no_part) {
  std::vector<float> logits = {0, -kInfinity, 0, -kInfinity, -kInfinity, 5};
  CrossEntropyResult result = run(of(3, logits, {0, 2}, Reduction::none));
  expect_same("losses", {float(std::log(2)), 0}, result.losses);
  expect_close("gradient", {-0.5, 0, 0.5, 0, 0, 0}, result.gradient);
  // More masked classes than a thread looks at, and threads that see no other.
  in_every_layout(2051, [&](const std::string& name) {
    CrossEntropyCall call = of(2051, std::vector<float>(2051, -kInfinity), {1500}, Reduction::mean);
    call.logits[1500] = 3;
    call.logits[7] = 3;
    expect_right(name, call);
  });
}

TEST(a_masked_target_has_an_infinite_loss_and_a_finite_gradient) {
  CrossEntropyResult result = run(of(3, {0, -kInfinity, 0}, {1}, Reduction::mean));
  expect_same("total", {kInfinity}, result.total);
  expect_close("gradient", {0.5, -1, 0.5}, result.gradient);
}

TEST(logits_may_lie_as_far_apart_as_floats_can) {
  CrossEntropyResult right = run(of(2, {3e38f, -3e38f}, {0}, Reduction::mean));
  EXPECT(right.total[0] == 0);
  CrossEntropyResult wrong = run(of(2, {1e38f, -1e38f}, {1}, Reduction::mean));
  expect_close("total", {2e38}, wrong.total);
  expect_same("gradient", {1, -1}, wrong.gradient);
}

TEST(a_logit_that_is_no_number_shows_in_the_loss_of_its_row_alone) {
  for (int classes : {5, 1100}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float bad : {kNaN, kInfinity}) {
        for (size_t at : {size_t(1), size_t(0), size_t(classes) - 1}) {
          std::vector<float> logits(2 * size_t(classes));
          CrossEntropyCall call = of(classes, logits, {0, 0}, Reduction::none);
          call.logits[at] = bad;
          CrossEntropyResult result = run(call);
          if (!std::isnan(result.losses[0])) fail("%s: a loss of %g", name.c_str(), result.losses[0]);
          if (!std::isnan(result.gradient[2])) fail("%s: a gradient of %g", name.c_str(), result.gradient[2]);
          expect_same("other loss of " + name, {float(std::log(double(classes)))}, {result.losses[1]});
        }
      }
    });
  }
}

TEST(ignored_rows_are_not_even_looked_at) {
  for (int classes : {31, 1026}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 9);
      call.targets.assign(9, kIgnored);
      call.logits[size_t(classes) + 2] = kNaN;
      call.logits[size_t(classes) * 8] = kInfinity;
      for (Gradient where : everywhere()) {
        call.where = where;
        CrossEntropyResult result = run(call);
        expect_same("losses of " + name, std::vector<float>(9), result.losses);
        expect_same("total of " + name, {0}, result.total);
        if (where != Gradient::none) {
          expect_same("gradient of " + name, std::vector<float>(call.logits.size()), result.gradient);
        }
      }
    });
  }
}

BRIEF_TEST(targets_of_weight_0_alone_have_loss_0_and_no_gradient) {
  CrossEntropyCall call = sample(3, 5);
  call.targets.assign(5, 1);
  call.weights = {1, 0, 1};
  CrossEntropyResult result = run(call);
  EXPECT(result.total[0] == 0);
  for (float loss : result.losses) EXPECT(loss == 0);
  for (float gradient : result.gradient) EXPECT(gradient == 0);
}

BRIEF_TEST(a_class_of_weight_0_costs_nothing_even_where_it_is_masked) {
  for (float smoothing : {0.0f, 0.1f}) {
    for (int target : {0, 1}) {
      CrossEntropyCall call = of(3, {0, -kInfinity, 0}, {target}, Reduction::none);
      call.weights = {1, 0, 1};
      call.smoothing = smoothing;
      expect_right("a masked class", call);
    }
  }
}

TEST(a_target_that_is_no_class_is_refused_before_anything_is_written) {
  for (int classes : {31, 1031}) {
    for (int outside : {-1, classes, INT32_MAX, INT32_MIN}) {
      for (size_t position : {size_t(0), size_t(1030), size_t(2049)}) {
        CrossEntropyCall call = sample(classes, classes == 31 ? 2050 : 3);
        if (position >= call.rows()) continue;
        call.targets[position] = outside;
        call.targets.back() = -7;
        call.where = position == 0 ? Gradient::apart : Gradient::in_place;
        call.reduction = Reduction::none;
        bool last = position == call.rows() - 1;
        expect_refused(call, SURPRISAL_FAULT_TARGET, int64_t(position), last ? -7 : outside);
      }
    }
  }
}

TEST(the_ignored_target_may_lie_outside_the_vocabulary_or_in_it) {
  for (int ignored : {-100, -1, 31, 30, 0, INT32_MAX}) {
    CrossEntropyCall call = sample(31, 9);
    call.ignored = ignored;
    call.targets[4] = ignored;
    expect_right("ignored " + std::to_string(ignored), call);
  }
}

TEST(an_earlier_fault_is_kept_and_nothing_written) {
  for (Reduction reduction : {Reduction::none, Reduction::mean}) {
    CrossEntropyCall call = sample(31, 5);
    call.reduction = reduction;
    call.statistics = true;
    call.targets[2] = 31;
    surprisal_fault earlier = {SURPRISAL_FAULT_TOKEN, 31, 3, 9};
    CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
    expect_refused(call, SURPRISAL_FAULT_TOKEN, 3, 9);
  }
}

TEST(two_halves_of_a_batch_have_the_gradient_of_the_whole) {
  CrossEntropyCall whole = sample(31, 20);
  for (size_t n = 2; n < 9; n++) whole.targets[n] = kIgnored;
  CrossEntropyResult all = run(whole);
  double total = 0;
  for (size_t half : {0, 1}) {
    CrossEntropyCall part = whole;
    part.divisor = {13};
    part.logits.assign(whole.logits.begin() + 310 * static_cast<long>(half),
                       whole.logits.begin() + 310 * static_cast<long>(half + 1));
    part.targets.assign(whole.targets.begin() + 10 * static_cast<long>(half),
                        whole.targets.begin() + 10 * static_cast<long>(half + 1));
    CrossEntropyResult result = run(part);
    total += result.total[0];
    std::vector<float> expected(all.gradient.begin() + 310 * static_cast<long>(half),
                                all.gradient.begin() + 310 * static_cast<long>(half + 1));
    expect_same("gradient", expected, result.gradient);
  }
  expect_close("total", {total}, all.total);
}

TEST(an_empty_batch_has_total_0) {
  for (Reduction reduction : {Reduction::none, Reduction::sum, Reduction::mean}) {
    CrossEntropyCall call = of(31, {}, {}, reduction);
    CrossEntropyResult result = run(call);
    if (reduction != Reduction::none) expect_same("total", {0}, result.total);
  }
}

TEST(many_rows_are_summed_as_they_are) {
  CrossEntropyCall call = sample(3, 5003);
  for (Reduction reduction : {Reduction::sum, Reduction::mean}) {
    call.reduction = reduction;
    expect_right("5003 rows", call);
  }
}

TEST(the_same_call_gives_the_same_bits) {
  for (int classes : {127, 5000, 50257}) {
    in_every_layout(classes, [&](const std::string& name) {
      CrossEntropyCall call = sample(classes, 2);
      call.smoothing = 0.1f;
      CrossEntropyResult first = run(call);
      CrossEntropyResult second = run(call);
      expect_same("losses of " + name, first.losses, second.losses);
      expect_same("gradient of " + name, first.gradient, second.gradient);
    });
  }
}

TEST(rows_may_begin_beyond_2_to_the_32_floats) {
  constexpr int kClasses = 1 << 20;
  constexpr size_t kRows = 4097;
  Array<float> logits(kRows * kClasses);
  CHECK(cudaMemset(logits.data() + (kRows - 1) * kClasses, 0, kClasses * sizeof(float)));
  float lead = 8;
  CHECK(cudaMemcpy(logits.data() + kRows * kClasses - 1, &lead, sizeof lead, cudaMemcpyHostToDevice));
  std::vector<int32_t> of_rows(kRows, kIgnored);
  of_rows.back() = kClasses - 1;
  Array<int32_t> targets(of_rows);
  Array<float> losses(kRows);
  surprisal_loss_rows rows = {};
  rows.logits = logits.data();
  rows.losses = losses.data();
  rows.rows = rows.tokens = kRows;
  rows.classes = kClasses;
  rows.scale = 1;
  CHECK(surprisal_cross_entropy(&rows, targets.data(), nullptr, nullptr, kIgnored, 0, stream()));
  expect_close("loss", {std::log1p((kClasses - 1) * std::exp(-8))}, {losses.read().back()});
}

TEST(sizes_that_cannot_be_are_refused) {
  auto call = [](int64_t count, int32_t classes, float scale) {
    surprisal_loss_rows rows = {};
    rows.rows = rows.tokens = count;
    rows.classes = classes;
    rows.scale = scale;
    return surprisal_cross_entropy(&rows, nullptr, nullptr, nullptr, kIgnored, 0, stream());
  };
  EXPECT(call(0, 0, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(std::string(surprisal_message()) == "cross_entropy: expected a class or more, found 0");
  EXPECT(call(-1, 31, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(int64_t(1) << 31, 31, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 31, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 31, kNaN) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 31, 1) == SURPRISAL_SUCCESS);
}
