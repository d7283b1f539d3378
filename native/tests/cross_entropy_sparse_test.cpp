// Cross-entropy against sparse distributions.
#include <algorithm>

#include "loss_reference.h"

using namespace test;

namespace {
struct Sparse {
  LossCall rows;
  std::vector<int32_t> ids;
  std::vector<float> probabilities;
  int k = 1;

  LossFunction function() const {
    return [this](const surprisal_loss_rows& of, void* workspace) {
      Array<int32_t> classes(ids);
      Array<float> given(probabilities);
      return surprisal_cross_entropy_sparse(&of, classes.data(), given.data(), workspace, k, stream());
    };
  }
  LossDefinition definition() const {
    return {[](size_t) { return kNoTarget; },
            [this](size_t, size_t token, const Softmax& q, std::vector<double>& gradient) {
              size_t classes = gradient.size();
              double sum = 0, mass = 0, loss = 0;
              for (int j = 0; j < k; j++) sum += double(probabilities[token * size_t(k) + size_t(j)]);
              double others = double(classes) - k;
              std::vector<double> p(classes, others > 0 ? std::max(0.0, 1 - sum) / others : 0);
              for (size_t j = token * size_t(k); j < (token + 1) * size_t(k); j++) {
                p[size_t(ids[j])] = double(probabilities[j]);
              }
              for (size_t v = 0; v < classes; v++) {
                mass += p[v];
                if (p[v] > 0) loss -= p[v] * q.log_q[v];
              }
              for (size_t v = 0; v < classes; v++) gradient[v] = mass * q.q[v] - p[v];
              return loss;
            }};
  }
};

// With ids from a place of each token on, every third, and 0.9 of the probability.
Sparse sample(int classes, size_t rows, int k) {
  Sparse call;
  call.rows.classes = classes;
  call.rows.logits = normal(1, rows * size_t(classes), 3);
  call.rows.of_classes = false;
  call.k = k;
  size_t tokens = 2 * rows + 1;
  call.probabilities = distributions(2, tokens, k);
  for (float& p : call.probabilities) p *= k == classes ? 1.0f : 0.9f;
  int step = classes % 3 == 0 ? 1 : 3;
  for (size_t token = 0; token < tokens; token++) {
    for (int j = 0; j < k; j++)
      call.ids.push_back(int((static_cast<long>(token) * 7 + static_cast<long>(j) * step) % classes));
  }
  return call;
}

void expect_right(const std::string& name, const Sparse& call) {
  expect_right(name, call.rows, call.function(), call.definition());
}
}  // namespace

TEST(losses_and_gradients_are_those_of_the_formula) {
  for (int classes : {1, 2, 31, 33, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (int k : {1, 2, 31, 300}) {
        if (k <= classes) expect_right(name + ", " + std::to_string(k) + " ids", sample(classes, 3, k));
      }
    });
  }
}

TEST(all_classes_may_be_given) {
  for (int classes : {33, 1025}) {
    in_every_layout(classes, [&](const std::string& name) { expect_right(name, sample(classes, 2, classes)); });
  }
}

TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {33, 1025}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (const auto& [option, rows] : with_row_options(sample(classes, 3, 5).rows)) {
        Sparse call = sample(classes, 3, 5);
        call.rows = rows;
        expect_right(name + ", " + option, call);
      }
    });
  }
}

TEST(rows_of_a_large_vocabulary_are_shared_by_blocks) {
  in_every_layout(33279, [&](const std::string& name) { expect_right(name, sample(33279, 2, 64)); });
}

TEST(alignment_changes_no_bit) {
  for (int classes : {127, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      Sparse call = sample(classes, 3, 9);
      LossResult aligned = run_loss(call.rows, call.function());
      for (size_t skew = 1; skew < 4; skew++) {
        call.rows.skew = skew;
        call.rows.gradient_skew = 3 - skew;
        LossResult result = run_loss(call.rows, call.function());
        expect_same("losses of " + name, aligned.losses, result.losses);
        expect_same("gradient of " + name, aligned.gradient, result.gradient);
      }
    });
  }
}

BRIEF_TEST(a_distribution_on_one_class_is_as_exact_as_that_class) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      Sparse call = sample(classes, 1, 1);
      call.rows.logits.assign(size_t(classes), 0);
      call.rows.logits[1] = 40;
      call.ids[0] = 1;
      call.probabilities[0] = 1;
      double other = std::exp(-40), rest = (classes - 1) * other;
      std::vector<double> gradient(size_t(classes), other / (1 + rest));
      gradient[1] = -rest / (1 + rest);
      LossResult result = run_loss(call.rows, call.function());
      expect_close("loss of " + name, {std::log1p(rest)}, result.losses, kRtol, 0);
      expect_close("gradient of " + name, gradient, result.gradient, kRtol, 0);
    });
  }
}

TEST(what_is_no_sparse_distribution_is_refused_before_anything_is_written) {
  for (int k : {3, 40}) {
    Sparse good = sample(127, 4, k);
    auto expect = [&](size_t at, int id, float p, int kind, double value) {
      Sparse bad = good;
      bad.ids[at] = id;
      bad.probabilities[at] = p;
      expect_refused(bad.rows, bad.function(), kind, int64_t(at) / k, value, 127);
      bad.rows.tokens = 9;
      bad.rows.positions = {8, 1, int(at) / k == 1 ? 2 : int(at) / k, 5};
      expect_refused(bad.rows, bad.function(), kind, int64_t(at) / k, value, 127);
    };
    size_t row = size_t(k);
    expect(row + 1, 127, 0, SURPRISAL_FAULT_ID, 127);
    expect(3 * row + 2, -1, 0, SURPRISAL_FAULT_ID, -1);
    expect(2 * row + 2, good.ids[2 * row], 0.1f, SURPRISAL_FAULT_ID, good.ids[2 * row]);
    expect(2 * row, good.ids[2 * row], -0.5f, SURPRISAL_FAULT_PROBABILITY, -0.5);
    expect(2 * row, good.ids[2 * row], kNaN, SURPRISAL_FAULT_PROBABILITY, kNaN);
    float p = good.probabilities[row];
    double sum = 0;
    for (size_t j = row; j < 2 * row; j++) sum += double(good.probabilities[j]);
    expect(row, good.ids[row], p + 0.2f, SURPRISAL_FAULT_SUM, sum + 0.2);
  }
  Sparse all = sample(5, 2, 5);
  for (size_t j = 5; j < 10; j++) all.probabilities[j] = 0.1f;
  expect_refused(all.rows, all.function(), SURPRISAL_FAULT_SUM, 1, 0.5, 5);
}

TEST(a_sum_a_little_above_1_is_taken) {
  Sparse call = sample(33, 1, 2);
  call.probabilities[0] = 0.5004f;
  call.probabilities[1] = 0.5003f;
  expect_right("a sum above 1", call);
}

TEST(what_cannot_be_is_refused) {
  surprisal_loss_rows rows = {};
  rows.classes = 3;
  rows.scale = 1;
  EXPECT(surprisal_cross_entropy_sparse(&rows, nullptr, nullptr, nullptr, 3, stream()) == SURPRISAL_SUCCESS);
  for (int k : {0, 4}) {
    EXPECT(surprisal_cross_entropy_sparse(&rows, nullptr, nullptr, nullptr, k, stream()) == SURPRISAL_INVALID_ARGUMENT);
  }
}
