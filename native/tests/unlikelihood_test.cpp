// Unlikelihood.
#include <set>

#include "loss_reference.h"

using namespace test;

namespace {
struct Unlikelihood {
  LossCall rows;
  std::vector<int32_t> targets;
  std::vector<int32_t> candidates;
  int k = 0;
  float alpha = 0.7f;

  LossFunction function() const {
    return [this](const surprisal_loss_rows& of, void* workspace) {
      Array<int32_t> classes(targets), unlikely(candidates);
      return surprisal_unlikelihood(&of, classes.data(), unlikely.data(), workspace, k, kIgnored, alpha, stream());
    };
  }
  LossDefinition definition() const {
    return {[this](size_t token) { return targets[token] == kIgnored ? kIgnoredRow : targets[token]; },
            [this](size_t, size_t token, const Softmax& q, std::vector<double>& gradient) {
              size_t t = size_t(targets[token]), classes = gradient.size();
              double loss = -q.log_q[t];
              for (size_t v = 0; v < classes; v++) gradient[v] = q.q[v] - (v == t ? 1 : 0);
              std::set<int> once(candidates.begin() + static_cast<long>(token) * k,
                                 candidates.begin() + static_cast<long>(token + 1) * k);
              for (int c : once) {
                if (c < 0 || c == int(t)) continue;
                std::vector<double> others;
                for (size_t v = 0; v < classes; v++) others.push_back(int(v) == c ? -INFINITY : q.log_q[v]);
                double log_missed = softmax_of(others).log_sum_exp;
                loss -= double(alpha) * log_missed;
                // q_c / (1 - q_c) times what is 1 - q_c at c and -q_v elsewhere.
                for (size_t v = 0; v < classes; v++) {
                  double part = std::exp(q.log_q[size_t(c)] + q.log_q[v] - log_missed);
                  gradient[v] += double(alpha) * (int(v) == c ? q.q[v] : -part);
                }
              }
              return loss;
            }};
  }
};

Unlikelihood sample(int classes, size_t rows, int k) {
  Unlikelihood call;
  call.rows.classes = classes;
  call.rows.logits = normal(1, rows * size_t(classes), 2);
  call.targets = integers(2, 2 * rows + 1, classes);
  call.candidates = integers(3, (2 * rows + 1) * size_t(k), classes);
  for (size_t i = 0; i < call.candidates.size(); i += 5) call.candidates[i] = -1 - int(i);
  call.k = k;
  return call;
}

void expect_right(const std::string& name, const Unlikelihood& call) {
  expect_right(name, call.rows, call.function(), call.definition());
}
}  // namespace

TEST(losses_and_gradients_are_those_of_the_formula) {
  for (int classes : {2, 31, 33, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      // Few, and more than there are classes in the small ones, so that they repeat and have the target among them.
      for (int k : {0, 1, 7, 40}) {
        for (float alpha : {0.0f, 1.3f}) {
          Unlikelihood call = sample(classes, 4, k);
          call.alpha = alpha;
          call.targets[1] = kIgnored;
          expect_right(name + ", " + std::to_string(k) + " candidates", call);
        }
      }
    });
  }
}

TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {33, 1025}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (const auto& [option, rows] : with_row_options(sample(classes, 3, 9).rows)) {
        Unlikelihood call = sample(classes, 3, 9);
        call.rows = rows;
        expect_right(name + ", " + option, call);
      }
    });
  }
}

BRIEF_TEST(candidates_may_be_any_classes) {
  for (int classes : {33, 1029, 33279}) {
    in_every_layout(classes, [&](const std::string& name) {
      Unlikelihood call = sample(classes, 1, 4);
      call.targets[0] = 3;
      call.candidates = {0, classes - 1, classes / 2, 31};
      call.candidates.resize(12);
      expect_right(name, call);
    });
  }
}

TEST(a_candidate_that_is_almost_certain_is_pushed_as_hard_as_its_formula_says) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float lead : {1.0f, 10.0f, 30.0f, 80.0f, 300.0f}) {
        for (int k : {1, 3}) {
          Unlikelihood call = sample(classes, 1, k);
          call.rows.logits.assign(size_t(classes), 0);
          call.rows.logits[1] = lead;
          call.rows.logits[0] = 1;
          call.targets[0] = 2;
          call.candidates.assign(size_t(3 * k), 0);
          call.candidates[0] = 1;
          expect_right(name + ", a lead of " + std::to_string(lead), call);
        }
      }
    });
  }
}

TEST(masked_candidates_cost_nothing) {
  Unlikelihood call = sample(33, 2, 40);
  for (size_t i = 0; i < 66; i += 2) call.rows.logits[i] = -kInfinity;
  call.targets[0] = call.targets[1] = 2;
  call.rows.logits[2] = call.rows.logits[35] = 0;
  expect_right("masked candidates", call);
}

TEST(the_order_of_candidates_changes_no_bit) {
  for (int classes : {33, 1029}) {
    Unlikelihood call = sample(classes, 1, 50);
    LossResult result = run_loss(call.rows, call.function());
    std::vector<int32_t> reversed(call.candidates.begin(), call.candidates.begin() + 50);
    std::copy(reversed.rbegin(), reversed.rend(), call.candidates.begin());
    LossResult other = run_loss(call.rows, call.function());
    expect_same("losses", result.losses, other.losses);
    expect_same("gradient", result.gradient, other.gradient);
  }
}

TEST(what_is_no_class_is_refused_before_anything_is_written) {
  Unlikelihood call = sample(31, 4, 3);
  call.candidates[7] = 31;
  call.candidates[8] = 40;
  expect_refused(call.rows, call.function(), SURPRISAL_FAULT_TARGET, 7, 31, 31);
  call.rows.tokens = 9;
  call.rows.positions = {8, 3, 2, 0};
  expect_refused(call.rows, call.function(), SURPRISAL_FAULT_TARGET, 7, 31, 31);
  call.targets[3] = -4;
  expect_refused(call.rows, call.function(), SURPRISAL_FAULT_TARGET, 3, -4, 31);
}

TEST(what_cannot_be_is_refused) {
  surprisal_loss_rows rows = {};
  rows.classes = 3;
  rows.scale = 1;
  auto call = [&](int k, float alpha) {
    return surprisal_unlikelihood(&rows, nullptr, nullptr, nullptr, k, 0, alpha, stream());
  };
  EXPECT(call(0, 0) == SURPRISAL_SUCCESS);
  EXPECT(call(-1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(1, -1) == SURPRISAL_INVALID_ARGUMENT);
}
