// Distillation.
#include "loss_reference.h"

using namespace test;

namespace {
struct Distillation {
  LossCall rows;
  std::vector<float> teacher;
  std::vector<int32_t> targets;  // may be empty
  int kind = SURPRISAL_DIVERGENCE_KL;
  float beta = 0.3f;
  float temperature = 1;
  float weight = 1;

  LossFunction function() const {
    return [this](const surprisal_loss_rows& of, void* workspace) {
      Array<float> logits(teacher, rows.skew);
      Array<int32_t> classes(targets);
      return surprisal_divergence(&of, logits.data(), targets.empty() ? nullptr : classes.data(), workspace, kIgnored,
                                  kind, beta, temperature, weight, stream());
    };
  }
  LossDefinition definition() const {
    return {[this](size_t token) {
              return targets.empty() ? kNoTarget : targets[token] == kIgnored ? kIgnoredRow : targets[token];
            },
            [this](size_t n, size_t token, const Softmax& q, std::vector<double>& gradient) {
              size_t classes = gradient.size();
              std::vector<double> mine(classes), theirs(classes);
              for (size_t v = 0; v < classes; v++) {
                mine[v] = q.z[v] / double(temperature);
                theirs[v] = double(teacher[n * classes + v]) / double(temperature);
              }
              Softmax student = softmax_of(mine), other = softmax_of(theirs);
              double loss = double(weight) * temperature * temperature * divergence(student, other, gradient);
              for (double& g : gradient) g *= double(weight) * temperature;
              double hard = 1 - double(weight);
              if (hard == 0) return loss;
              size_t t = size_t(targets[token]);
              for (size_t v = 0; v < classes; v++) gradient[v] += hard * (q.q[v] - (v == t ? 1 : 0));
              return loss - hard * q.log_q[t];
            }};
  }

 private:
  double divergence(const Softmax& q, const Softmax& p, std::vector<double>& gradient) const {
    size_t classes = gradient.size();
    double of_q = 0, of_p = 0, b = beta;
    std::vector<double> a(classes, 0);
    for (size_t v = 0; v < classes; v++) {
      double log_m = std::log(b * p.q[v] + (1 - b) * q.q[v]);
      bool js = kind == SURPRISAL_DIVERGENCE_JENSEN_SHANNON;
      if (q.q[v] > 0) a[v] = js ? (1 - b) * (q.log_q[v] - log_m) : q.log_q[v] - p.log_q[v];
      if (q.q[v] > 0) of_q += q.q[v] * a[v];
      if (p.q[v] > 0) of_p += js ? b * p.q[v] * (p.log_q[v] - log_m) : p.q[v] * (p.log_q[v] - q.log_q[v]);
    }
    for (size_t v = 0; v < classes; v++) {
      if (kind == SURPRISAL_DIVERGENCE_KL)
        gradient[v] = q.q[v] - p.q[v];
      else if (q.q[v] > 0)
        gradient[v] = q.q[v] * (a[v] - of_q);
    }
    return kind == SURPRISAL_DIVERGENCE_KL ? of_p : kind == SURPRISAL_DIVERGENCE_REVERSE_KL ? of_q : of_p + of_q;
  }
};

constexpr int kKinds[] = {SURPRISAL_DIVERGENCE_KL, SURPRISAL_DIVERGENCE_REVERSE_KL,
                          SURPRISAL_DIVERGENCE_JENSEN_SHANNON};

Distillation sample(int classes, size_t rows) {
  Distillation call;
  call.rows.classes = classes;
  call.rows.logits = normal(1, rows * size_t(classes), 2);
  call.teacher = normal(3, rows * size_t(classes), 2);
  call.targets = integers(2, 2 * rows + 1, classes);
  return call;
}

void expect_right(const std::string& name, const Distillation& call, double atol = kAtol) {
  expect_right(name, call.rows, call.function(), call.definition(), kRtol, atol);
}
}  // namespace

TEST(losses_and_gradients_are_those_of_the_formula) {
  for (int classes : {1, 2, 31, 33, 127, 1024, 1025, 5000}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (int kind : kKinds) {
        for (float temperature : {1.0f, 3.0f}) {
          for (float weight : {0.0f, 0.4f, 1.0f}) {
            Distillation call = sample(classes, 3);
            call.kind = kind;
            call.temperature = temperature;
            call.weight = weight;
            call.targets[1] = kIgnored;
            // The loss is multiplied by the square of the temperature, and its error with it.
            expect_right(name + ", kind " + std::to_string(kind), call, kAtol * temperature);
          }
        }
      }
    });
  }
}

TEST(every_option_and_statistic_computes_its_formula) {
  for (int classes : {33, 1025}) {
    in_every_layout(classes, [&](const std::string& name) {
      for (int kind : kKinds) {
        for (const auto& [option, rows] : with_row_options(sample(classes, 3).rows)) {
          Distillation call = sample(classes, 3);
          call.rows = rows;
          call.kind = kind;
          call.weight = 0.7f;
          call.temperature = 2;
          expect_right(name + ", " + option, call, 2 * kAtol);
        }
      }
    });
  }
}

TEST(without_targets_a_teacher_is_enough) {
  for (int kind : kKinds) {
    Distillation call = sample(127, 3);
    call.kind = kind;
    call.targets.clear();
    call.rows.statistics = true;
    call.rows.of_classes = false;
    expect_right("kind " + std::to_string(kind), call);
  }
}

TEST(rows_of_a_large_vocabulary_are_shared_by_blocks) {
  for (int kind : kKinds) {
    in_every_layout(33279, [&](const std::string& name) {
      Distillation call = sample(33279, 2);
      call.kind = kind;
      expect_right(name, call);
    });
  }
}

TEST(alignment_changes_no_bit) {
  for (int classes : {127, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      Distillation call = sample(classes, 3);
      call.kind = SURPRISAL_DIVERGENCE_JENSEN_SHANNON;
      LossResult aligned = run_loss(call.rows, call.function());
      for (size_t skew = 0; skew < 4; skew++) {
        call.rows.skew = skew;
        call.rows.gradient_skew = 3 - skew;
        LossResult result = run_loss(call.rows, call.function());
        expect_same("losses of " + name, aligned.losses, result.losses);
        expect_same("gradient of " + name, aligned.gradient, result.gradient);
      }
    });
  }
}

TEST(a_student_like_its_teacher_has_nothing_to_learn) {
  for (int kind : kKinds) {
    for (float level : {0.0f, 0x1p24f}) {
      Distillation call = sample(33, 2);
      call.kind = kind;
      call.teacher = call.rows.logits;
      for (float& logit : call.rows.logits) logit += level;
      if (level != 0) call.teacher = call.rows.logits;
      LossResult result = run_loss(call.rows, call.function());
      expect_close("losses", {0, 0}, result.losses, 0, 1e-6);
      expect_close("gradient", std::vector<double>(66), result.gradient, 0, 1e-7);
    }
  }
}

TEST(classes_that_both_have_masked_add_nothing) {
  for (int kind : kKinds) {
    for (float temperature : {1.0f, 2.0f}) {
      Distillation call = sample(33, 2);
      call.kind = kind;
      call.temperature = temperature;
      for (size_t i = 0; i < 66; i += 3) call.teacher[i] = call.rows.logits[i] = -kInfinity;
      expect_right("masked classes", call);
    }
  }
}

TEST(what_one_alone_has_masked_has_its_own_measure) {
  Distillation call = sample(3, 1);
  call.rows.logits = {0, 0, -kInfinity};
  call.teacher = {0, 0, 0};
  EXPECT(run_loss(call.rows, call.function()).losses[0] == kInfinity);
  call.kind = SURPRISAL_DIVERGENCE_REVERSE_KL;
  expect_close("reverse", {std::log(1.5)}, run_loss(call.rows, call.function()).losses);
  call.kind = SURPRISAL_DIVERGENCE_JENSEN_SHANNON;
  expect_right("a student's", call);
  std::swap(call.teacher, call.rows.logits);
  expect_right("a teacher's", call);
}

BRIEF_TEST(almost_certain_student_and_teacher_keep_their_digits) {
  for (int classes : {3, 1030}) {
    in_every_layout(classes, [&](const std::string& name) {
      Distillation call = sample(classes, 1);
      call.rows.logits.assign(size_t(classes), 0);
      call.teacher = call.rows.logits;
      call.rows.logits[1] = 20;
      call.teacher[1] = 24;
      double mine = (classes - 1) * std::exp(-20.0), theirs = (classes - 1) * std::exp(-24.0);
      double missing = mine / (1 + mine) - theirs / (1 + theirs);
      std::vector<double> gradient(size_t(classes), missing / (classes - 1));
      gradient[1] = -missing;
      expect_close("gradient of " + name, gradient, run_loss(call.rows, call.function()).gradient, 2e-6, 0);
    });
  }
}

TEST(a_target_that_is_no_class_is_refused_before_anything_is_written) {
  Distillation call = sample(31, 4);
  call.targets[2] = 31;
  expect_refused(call.rows, call.function(), SURPRISAL_FAULT_TARGET, 2, 31, 31);
}

TEST(what_cannot_be_is_refused) {
  surprisal_loss_rows rows = {};
  rows.classes = 3;
  rows.scale = 1;
  auto call = [&](int kind, float beta, float temperature, float weight) {
    return surprisal_divergence(&rows, nullptr, nullptr, nullptr, 0, kind, beta, temperature, weight, stream());
  };
  EXPECT(call(0, 0.5f, 1, 1) == SURPRISAL_SUCCESS);
  EXPECT(call(3, 0.5f, 1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 1, 1, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 0.5f, 0, 1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(0, 0.5f, 1, 0.5f) == SURPRISAL_INVALID_ARGUMENT);
}
