// Focal loss.
#include "loss_reference.h"

using namespace test;

namespace {
struct Focal {
  LossCall rows;
  std::vector<int32_t> targets;
  std::vector<float> weights;  // may be empty
  float gamma = 2;

  LossFunction function() const {
    return [this](const surprisal_loss_rows& of, void* workspace) {
      Array<int32_t> classes(targets);
      Array<float> class_weights(weights);
      return surprisal_focal(&of, classes.data(), weights.empty() ? nullptr : class_weights.data(), workspace, kIgnored,
                             gamma, stream());
    };
  }
  LossDefinition definition() const {
    return {[this](size_t token) { return targets[token] == kIgnored ? kIgnoredRow : targets[token]; },
            [this](size_t, size_t token, const Softmax& q, std::vector<double>& gradient) {
              size_t t = size_t(targets[token]);
              double p = q.q[t], log_p = q.log_q[t], missed = -std::expm1(log_p), g = gamma;
              double w = weights.empty() ? 1 : double(weights[t]);
              double slope = std::pow(missed, g);
              if (g > 0 && p > 0 && missed > 0) slope -= g * std::pow(missed, g - 1) * p * log_p;
              for (size_t v = 0; v < gradient.size(); v++) gradient[v] = w * slope * (v == t ? -missed : q.q[v]);
              return w == 0 ? 0 : w * std::pow(missed, g) * -log_p;
            }};
  }
};

Focal sample(int classes, size_t rows) {
  Focal focal;
  focal.rows.classes = classes;
  focal.rows.logits = normal(1, rows * size_t(classes), 3);
  focal.targets = integers(2, 2 * rows + 1, classes);
  return focal;
}

void expect_right(const std::string& name, const Focal& focal) {
  expect_right(name, focal.rows, focal.function(), focal.definition());
}
}  // namespace

TEST(losses_and_gradients_are_those_of_the_formula) {
  for (int classes : {1, 2, 31, 33, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float gamma : {0.0f, 0.5f, 1.0f, 2.0f, 5.0f}) {
        Focal focal = sample(classes, 5);
        focal.gamma = gamma;
        focal.targets[1] = kIgnored;
        if (gamma >= 1) focal.weights.assign(size_t(classes), 1.5f);
        if (gamma >= 1) focal.weights[0] = 0;
        expect_right(name + ", gamma " + std::to_string(gamma), focal);
      }
    });
  }
}

TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {33, 1025}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (const auto& [option, rows] : with_row_options(sample(classes, 3).rows)) {
        Focal focal = sample(classes, 3);
        focal.rows = rows;
        expect_right(name + ", " + option, focal);
      }
    });
  }
}

TEST(rows_of_a_large_vocabulary_are_shared_by_blocks) {
  in_every_layout(33279, [&](const std::string& name) { expect_right(name, sample(33279, 2)); });
}

TEST(gamma_0_is_cross_entropy) {
  Focal focal = sample(127, 7);
  focal.gamma = 0;
  LossResult result = run_loss(focal.rows, focal.function());
  LossResult expected = run_loss(focal.rows, [&](const surprisal_loss_rows& rows, void* workspace) {
    Array<int32_t> targets(focal.targets);
    return surprisal_cross_entropy(&rows, targets.data(), nullptr, workspace, kIgnored, 0, stream());
  });
  expect_same("losses", expected.losses, result.losses);
  expect_same("gradient", expected.gradient, result.gradient);
}

BRIEF_TEST(an_almost_certain_target_keeps_its_digits) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (float gamma : {0.5f, 1.0f, 2.0f}) {
        for (int lead = 0; lead <= 24; lead += 8) {
          Focal focal = sample(classes, 1);
          focal.gamma = gamma;
          focal.rows.logits.assign(size_t(classes), 0);
          focal.rows.logits[1] = float(lead);
          focal.targets[0] = 1;
          double other = std::exp(-lead), rest = (classes - 1) * other, missed = rest / (1 + rest);
          double loss = std::pow(missed, gamma) * std::log1p(rest);
          double slope = std::pow(missed, gamma) + gamma * std::pow(missed, gamma - 1) / (1 + rest) * std::log1p(rest);
          std::vector<double> gradient(size_t(classes), slope * other / (1 + rest));
          gradient[1] = -slope * missed;
          LossResult result = run_loss(focal.rows, focal.function());
          expect_close("loss of " + name, {loss}, result.losses, 2e-6, 0);
          expect_close("gradient of " + name, gradient, result.gradient, 2e-6, 1e-37);
        }
      }
    });
  }
}

TEST(a_certain_target_has_loss_0_and_no_gradient) {
  for (float gamma : {0.0f, 0.5f, 1.0f, 2.0f}) {
    Focal focal = sample(3, 1);
    focal.gamma = gamma;
    focal.rows.logits = {-kInfinity, 2, -kInfinity};
    focal.targets[0] = 1;
    LossResult result = run_loss(focal.rows, focal.function());
    EXPECT(result.losses[0] == 0);
    for (float gradient : result.gradient) EXPECT(gradient == 0);
  }
}

TEST(a_masked_target_has_an_infinite_loss_and_a_finite_gradient) {
  Focal focal = sample(3, 1);
  focal.rows.logits = {0, -kInfinity, 0};
  focal.targets[0] = 1;
  LossResult result = run_loss(focal.rows, focal.function());
  expect_same("losses", {kInfinity}, result.losses);
  expect_close("gradient", {0.5, -1, 0.5}, result.gradient);
}

TEST(a_target_that_is_no_class_is_refused_before_anything_is_written) {
  for (int classes : {31, 1031}) {
    Focal focal = sample(classes, 4);
    focal.targets[2] = classes;
    expect_refused(focal.rows, focal.function(), SURPRISAL_FAULT_TARGET, 2, classes, classes);
  }
}

TEST(what_cannot_be_is_refused) {
  surprisal_loss_rows rows = {};
  rows.classes = 3;
  rows.scale = 1;
  EXPECT(surprisal_focal(&rows, nullptr, nullptr, nullptr, 0, -1, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_focal(&rows, nullptr, nullptr, nullptr, 0, kNaN, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(surprisal_focal(&rows, nullptr, nullptr, nullptr, 0, 2, stream()) == SURPRISAL_SUCCESS);
}
