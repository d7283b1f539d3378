// After a fault no operation writes anything, until the fault is taken. Products, recurrent layers, gathered rows and
// cross-entropies, which have more than one way to run or raise faults themselves, are tested for it in their own files.
#include <cmath>
#include <functional>

#include "kernel_test.h"

using namespace test;

namespace {
// Calls with a fault raised before, then without. `outputs` must be as they were, and then not.
void expect_nothing_written(const std::vector<Array<float>*>& outputs, const std::function<int()>& call) {
  std::vector<std::vector<float>> before;
  for (Array<float>* output : outputs) before.push_back(output->read());
  surprisal_fault earlier{SURPRISAL_FAULT_TOKEN, 7, 3, 9};
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  CHECK(call());
  surprisal_fault fault = take_fault();
  EXPECT(fault.kind == SURPRISAL_FAULT_TOKEN && fault.position == 3 && fault.value == 9 && fault.classes == 7);
  for (size_t i = 0; i < outputs.size(); i++) expect_same("output", before[i], outputs[i]->read());
  CHECK(call());
  for (size_t i = 0; i < outputs.size(); i++) EXPECT(outputs[i]->read() != before[i]);
}
}  // namespace

TEST(after_a_fault_no_random_numbers_are_written) {
  Array<float> output(std::vector<float>(9, -7));
  expect_nothing_written({&output}, [&] { return surprisal_uniform(output.data(), 9, 0, 1, 1, 2, stream()); });
  output.write(std::vector<float>(9, -7));
  expect_nothing_written({&output}, [&] { return surprisal_normal(output.data(), 9, 0, 1, 1, 2, stream()); });
}

TEST(after_a_fault_dropout_writes_nothing) {
  Array<float> input(normal(1, 9)), output(std::vector<float>(9, -7));
  Array<int64_t> sequence(std::vector<int64_t>{7});
  expect_nothing_written(
      {&output}, [&] { return surprisal_dropout(input.data(), sequence.data(), output.data(), 9, 0.5f, 1, stream()); });
}

TEST(after_a_fault_nothing_is_written_for_sampled_classes) {
  const int rows = 5, samples = 7, classes = 9, width = 3;
  Array<float> weight(normal(1, classes * width)), bias(normal(2, classes)), hidden(normal(3, rows * width));
  Array<float> own(std::vector<float>(rows, -7)), grad_hidden(normal(4, rows * width));
  Array<float> grad_rows(normal(5, rows * width));
  Array<int32_t> targets(integers(6, rows, classes)), drawn(std::vector<int32_t>(samples, -7));
  expect_nothing_written({&own}, [&] {
    return surprisal_target_logits(weight.data(), bias.data(), hidden.data(), targets.data(), own.data(), rows, classes,
                                   width, stream());
  });
  expect_nothing_written({&grad_hidden, &grad_rows}, [&] {
    return surprisal_target_logits_backward(weight.data(), hidden.data(), targets.data(), own.data(),
                                            grad_hidden.data(), grad_rows.data(), rows, classes, width, stream());
  });
  Array<int64_t> sequence(std::vector<int64_t>{3});
  surprisal_fault earlier{SURPRISAL_FAULT_TOKEN, 7, 3, 9};
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  CHECK(surprisal_draw_classes(nullptr, nullptr, sequence.data(), drawn.data(), samples, classes, 1, stream()));
  EXPECT(take_fault().position == 3 && drawn.read() == std::vector<int32_t>(samples, -7) && sequence.read()[0] == 3);
  CHECK(surprisal_draw_classes(nullptr, nullptr, sequence.data(), drawn.data(), samples, classes, 1, stream()));
  Array<char> workspace(surprisal_sampled_loss_workspace(samples));
  for (int kind : {SURPRISAL_SAMPLED_SOFTMAX, SURPRISAL_SAMPLED_NCE}) {
    Array<float> logits(normal(7, rows * samples)), losses(std::vector<float>(rows, -7));
    expect_nothing_written({&logits, &own, &losses}, [&] {
      const surprisal_sampled_rows sampled = {targets.data(), drawn.data(),  bias.data(), nullptr,       nullptr,
                                              nullptr,        logits.data(), own.data(),  losses.data(), rows,
                                              rows,           samples,       classes};
      return surprisal_sampled_loss(&sampled, workspace.data(), kind, stream());
    });
  }
}

TEST(after_a_fault_adam_takes_no_step) {
  Array<float> p(normal(1, 9)), g(normal(2, 9)), m(normal(3, 9)), v(std::vector<float>(9, 1));
  Array<float> rate(std::vector<float>{0.1f});
  Array<int32_t> step(std::vector<int32_t>{4});
  Array<char> workspace(surprisal_adam_workspace());
  expect_nothing_written({&p, &m, &v}, [&] {
    const surprisal_adam_step adam_step = {g.data(), rate.data(), nullptr, p.data(), m.data(), v.data(), step.data(),
                                           9,        0.9,         0.999,   1e-8,     0,        INFINITY};
    return surprisal_adam(&adam_step, workspace.data(), stream());
  });
  EXPECT(step.read()[0] == 5);
}

TEST(after_a_fault_rows_are_not_filled) {
  Array<float> bias(normal(1, 3)), output(std::vector<float>(21, -7));
  expect_nothing_written({&output}, [&] { return surprisal_fill_rows(bias.data(), output.data(), 7, 3, stream()); });
}

TEST(after_a_fault_columns_are_not_summed) {
  for (int64_t rows : {5, 5000}) {
    Array<float> matrix(normal(1, rows * 3)), sums(std::vector<float>(3, -7)), second(std::vector<float>(3, -7));
    Array<char> workspace(surprisal_column_sums_workspace(rows, 3));
    expect_nothing_written({&sums, &second}, [&] {
      return surprisal_column_sums(matrix.data(), sums.data(), second.data(), workspace.data(), rows, 3, 0, stream());
    });
  }
}

TEST(after_a_fault_no_norm_is_written) {
  for (int64_t count : {5, 9000}) {
    Array<float> gradients(normal(1, count)), norm(std::vector<float>{-7});
    Array<char> workspace(surprisal_gradient_norm_workspace(count));
    expect_nothing_written({&norm}, [&] {
      return surprisal_gradient_norm(gradients.data(), norm.data(), workspace.data(), count, stream());
    });
  }
}

TEST(after_a_fault_no_rows_are_added) {
  for (size_t count : {40, 9000}) {
    Array<int32_t> tokens(integers(1, count, 31));
    Array<float> grad_output(normal(1, count * 3)), grad_weight(std::vector<float>(31 * 3, -7));
    Array<char> workspace(surprisal_add_rows_workspace(int64_t(count), 31, 3));
    expect_nothing_written({&grad_weight}, [&] {
      return surprisal_add_rows(tokens.data(), grad_output.data(), grad_weight.data(), workspace.data(), int64_t(count),
                                31, 3, -1, 0, stream());
    });
  }
}

TEST(after_a_fault_no_token_is_drawn) {
  Array<float> logits(normal(1, 5 * 300));
  Array<int32_t> tokens(std::vector<int32_t>(5, -5));
  Array<char> workspace(surprisal_sample_workspace(5, 300));
  int calls = 0;
  expect_nothing_written({}, [&] {
    int status = surprisal_sample(logits.data(), tokens.data(), workspace.data(), 5, 300, 1, 0, 1, 1, 2, stream());
    EXPECT((tokens.read() == std::vector<int32_t>(5, -5)) == (calls++ == 0));
    return status;
  });
}

TEST(after_a_fault_no_logarithm_of_softmax_is_written) {
  Array<float> logits(normal(1, 5 * 300)), output(std::vector<float>(5 * 300, -7));
  expect_nothing_written({&output}, [&] {
    return surprisal_log_softmax(logits.data(), nullptr, output.data(), 5, 300, 0, 300, stream());
  });
}

TEST(after_a_fault_no_class_is_selected) {
  Array<float> logits(normal(1, 5 * 300)), log_probabilities(std::vector<float>(5 * 2, 7));
  Array<int32_t> ids(5 * 2);
  Array<char> workspace(surprisal_top_k_workspace(5));
  expect_nothing_written({&log_probabilities}, [&] {
    return surprisal_top_k(logits.data(), ids.data(), log_probabilities.data(), workspace.data(), 5, 300, 2, stream());
  });
}
