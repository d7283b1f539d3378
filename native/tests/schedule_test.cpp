// That no result depends on the order in which threads run: every operation gives the same bits in three schedules, each
// on one, two and four OS threads.
#include <functional>

#include "../emulator/emulator.h"
#include "kernel_test.h"
#include "recurrent_case.h"

using namespace test;
using emulator::Schedule;

namespace {
// The call computes from scratch and gives what it wrote.
void expect_one_result(const std::function<std::vector<float>()>& call) {
  emulator::Execution before = emulator::execution();
  emulator::set_execution({Schedule::forward, 1, 1});
  std::vector<float> expected = call();
  for (Schedule schedule : {Schedule::forward, Schedule::reversed, Schedule::random}) {
    for (unsigned threads : {1u, 2u, 4u}) {
      emulator::set_execution({schedule, threads, 7 * threads});
      expect_same("schedule " + std::to_string(int(schedule)) + " on " + std::to_string(threads) + " threads", expected,
                  call());
    }
  }
  emulator::set_execution(before);
}

std::vector<float> joined(std::initializer_list<const Array<float>*> arrays) {
  std::vector<float> all;
  for (const Array<float>* array : arrays) {
    std::vector<float> values = array->read();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}
}  // namespace

TEST(random_numbers_do_not_depend_on_the_schedule) {
  expect_one_result([] {
    Array<float> uniform(5001), normal(5001), dropped(5001);
    Array<int64_t> sequence(std::vector<int64_t>{3});
    CHECK(surprisal_uniform(uniform.data(), 5001, -1, 1, 1, 2, stream()));
    CHECK(surprisal_normal(normal.data(), 5001, 0, 1, 1, 2, stream()));
    CHECK(surprisal_dropout(normal.data(), sequence.data(), dropped.data(), 5001, 0.5f, 1, stream()));
    return joined({&uniform, &normal, &dropped});
  });
}

TEST(embeddings_do_not_depend_on_the_schedule) {
  Array<int32_t> tokens(integers(1, 700, 31));
  Array<float> weight(normal(2, 31 * 33));
  expect_one_result([&] {
    Array<float> rows(700 * 33), gradient(31 * 33);
    Array<char> workspace(surprisal_add_rows_workspace(700, 31, 33));
    CHECK(surprisal_gather_rows(weight.data(), tokens.data(), rows.data(), 700, 31, 33, SURPRISAL_FLOAT32, stream()));
    CHECK(
        surprisal_add_rows(tokens.data(), rows.data(), gradient.data(), workspace.data(), 700, 31, 33, 4, 0, stream()));
    return joined({&rows, &gradient});
  });
}

TEST(losses_over_sampled_classes_do_not_depend_on_the_schedule) {
  const int rows = 50, classes = 300, width = 70;
  Array<float> weight(normal(1, classes * width)), bias(normal(2, classes)), hidden(normal(3, rows * width));
  Array<float> log_probabilities(std::vector<float>(classes, -5));
  Array<int32_t> targets(integers(4, rows, classes));
  for (int samples : {20, 900, 9000}) {
    for (int kind : {SURPRISAL_SAMPLED_SOFTMAX, SURPRISAL_SAMPLED_NCE}) {
      expect_one_result([&] {
        Array<float> logits(normal(5, size_t(rows) * samples)), own(rows), losses(rows);
        Array<float> grad_hidden(normal(6, rows * width)), grad_rows(rows * width);
        Array<int32_t> drawn(samples);
        Array<int64_t> sequence(std::vector<int64_t>{3});
        Array<char> workspace(surprisal_sampled_loss_workspace(samples));
        CHECK(surprisal_draw_classes(nullptr, nullptr, sequence.data(), drawn.data(), samples, classes, 1, stream()));
        CHECK(surprisal_target_logits(weight.data(), bias.data(), hidden.data(), targets.data(), own.data(), rows,
                                      classes, width, stream()));
        const surprisal_sampled_rows sampled = {targets.data(), drawn.data(), log_probabilities.data(),
                                                nullptr,        nullptr,      nullptr,
                                                logits.data(),  own.data(),   losses.data(),
                                                rows,           rows,         samples,
                                                classes};
        CHECK(surprisal_sampled_loss(&sampled, workspace.data(), kind, stream()));
        CHECK(surprisal_target_logits_backward(weight.data(), hidden.data(), targets.data(), own.data(),
                                               grad_hidden.data(), grad_rows.data(), rows, classes, width, stream()));
        return joined({&logits, &own, &losses, &grad_hidden, &grad_rows});
      });
    }
  }
}

TEST(products_and_sums_do_not_depend_on_the_schedule) {
  // The last one is split along its many terms.
  const int shapes[][3] = {{70, 45, 33}, {33, 31, 1500}};
  for (auto [m, n, k] : shapes) {
    Array<float> a(normal(1, size_t(m) * k)), b(normal(2, size_t(k) * n));
    for (int tf32 : {0, 1}) {
      expect_one_result([&, m = m, n = n, k = k] {
        Array<float> c(size_t(m) * n), sums(n);
        Array<char> workspace(surprisal_product_workspace(m, n, k) + surprisal_column_sums_workspace(k, n));
        const surprisal_matrix_product product = {
            a.data(), b.data(),          nullptr,           c.data(),          m, n,
            k,        SURPRISAL_FORM_TN, SURPRISAL_FLOAT32, SURPRISAL_FLOAT32, 0, tf32};
        CHECK(surprisal_product(&product, workspace.data(), stream()));
        CHECK(surprisal_column_sums(b.data(), sums.data(), nullptr, workspace.data(), k, n, 0, stream()));
        return joined({&c, &sums});
      });
    }
  }
}

TEST(recurrent_states_and_gradients_do_not_depend_on_the_schedule) {
  // In one block, in a cluster, and a launch a step.
  for (int hidden : {33, 300, 1030}) {
    const recurrent_test::Problem problem({3, 3, hidden});
    expect_one_result([&] {
      recurrent_test::Operands on(problem);
      CHECK(surprisal_recurrent(&on.layer, on.workspace.data(), stream()));
      CHECK(surprisal_recurrent_backward(&on.layer, &on.gradients, on.workspace.data(), stream()));
      return joined({&on.output, &on.final_state, &on.reserve, &on.previous, &on.grad_initial});
    });
  }
}

TEST(losses_of_rows_do_not_depend_on_the_schedule) {
  const int rows = 5;
  // A row in a warp, in a block, and in a cluster.
  for (int classes : {127, 5000, 33279}) {
    const size_t count = size_t(rows) * classes;
    const std::vector<float> z = normal(1, count, 3);
    Array<int32_t> targets(integers(2, rows, classes));
    Array<float> even(std::vector<float>(count, 1.0f / float(classes)));
    for (bool options : {false, true}) {
      expect_one_result([&] {
        Array<float> logits(z), soft(z), losses(rows), soft_losses(rows), entropy(rows), lse(rows), weight(1), total(1);
        Array<char> workspace(surprisal_loss_workspace(rows, classes));
        surprisal_loss_rows of = {};
        of.rows = of.tokens = rows;
        of.classes = classes;
        of.scale = options ? 0.8f : 1;
        of.soft_cap = options ? 9 : 0;
        of.z_loss = options ? 0.1f : 0;
        of.confidence_penalty = options ? 0.1f : 0;
        of.entropy = options ? entropy.data() : nullptr;
        of.log_sum_exp = lse.data();
        of.logits = of.grad_logits = logits.data();
        of.losses = losses.data();
        of.divisor = weight.data();
        CHECK(surprisal_target_weight(targets.data(), nullptr, weight.data(), rows, classes, -100, stream()));
        CHECK(surprisal_cross_entropy(&of, targets.data(), nullptr, workspace.data(), -100, 0.1f, stream()));
        CHECK(surprisal_reduce_losses(losses.data(), weight.data(), total.data(), rows, stream()));
        of.logits = of.grad_logits = soft.data();
        of.losses = soft_losses.data();
        CHECK(surprisal_cross_entropy_soft(&of, even.data(), nullptr, workspace.data(), 0, stream()));
        std::vector<float> all = joined({&logits, &losses, &total, &soft, &soft_losses, &lse});
        if (options) {
          std::vector<float> last = entropy.read();
          all.insert(all.end(), last.begin(), last.end());
        }
        return all;
      });
    }
  }
}

TEST(steps_of_adam_do_not_depend_on_the_schedule) {
  const int count = 9001;
  Array<float> gradients(normal(1, count)), rate(std::vector<float>{1e-3f});
  const std::vector<float> start = normal(2, count), zero(count, 0);
  expect_one_result([&] {
    Array<float> norm(1), parameters(start), first(zero), second(zero);
    Array<int32_t> step(std::vector<int32_t>{0});
    Array<char> workspace(surprisal_gradient_norm_workspace(count) + surprisal_adam_workspace());
    CHECK(surprisal_gradient_norm(gradients.data(), norm.data(), workspace.data(), count, stream()));
    const surprisal_adam_step adam_step = {gradients.data(),
                                           rate.data(),
                                           norm.data(),
                                           parameters.data(),
                                           first.data(),
                                           second.data(),
                                           step.data(),
                                           count,
                                           0.9,
                                           0.999,
                                           1e-8,
                                           0.01,
                                           0.5};
    CHECK(surprisal_adam(&adam_step, workspace.data(), stream()));
    return joined({&norm, &parameters, &first, &second});
  });
}

TEST(draws_do_not_depend_on_the_schedule) {
  const int rows = 40, classes = 301;
  Array<float> logits(normal(1, rows * classes, 2));
  expect_one_result([&] {
    Array<int32_t> tokens(rows);
    Array<char> workspace(surprisal_sample_workspace(rows, classes));
    CHECK(surprisal_sample(logits.data(), tokens.data(), workspace.data(), rows, classes, 0.9f, 50, 0.9f, 1, 2,
                           stream()));
    std::vector<int32_t> drawn = tokens.read();
    return std::vector<float>(drawn.begin(), drawn.end());
  });
}
