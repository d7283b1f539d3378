#include <climits>
#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
struct Inputs {
  int64_t rows;
  int32_t classes, width;
  std::vector<float> weight, bias, hidden, upstream, before;
  std::vector<int32_t> targets;

  Inputs(int64_t rows, int32_t classes, int32_t width)
      : rows(rows),
        classes(classes),
        width(width),
        weight(normal(1, size_t(classes) * width)),
        bias(normal(2, classes)),
        hidden(normal(3, size_t(rows) * width)),
        upstream(normal(4, rows)),
        before(normal(5, size_t(rows) * width)),
        targets(integers(6, rows, classes)) {}
};

std::vector<float> logits(const Inputs& in, size_t skew = 0) {
  Array<float> weight(in.weight, skew), bias(in.bias, skew), hidden(in.hidden, skew);
  Array<float> found(std::vector<float>(in.rows + 1, -7), skew);
  Array<int32_t> targets(in.targets, 1);
  CHECK(surprisal_target_logits(weight.data(), bias.data(), hidden.data(), targets.data(), found.data(), in.rows,
                                in.classes, in.width, stream()));
  std::vector<float> values = found.read();
  EXPECT(values.back() == -7);
  values.pop_back();
  return values;
}

struct Gradients {
  std::vector<float> hidden, rows;
};

Gradients gradients(const Inputs& in, size_t skew = 0) {
  Array<float> weight(in.weight, skew), hidden(in.hidden, skew), upstream(in.upstream, skew);
  Array<float> grad_hidden(in.before, skew), grad_rows(std::vector<float>(in.rows * in.width + 1, -7), skew);
  Array<int32_t> targets(in.targets, 1);
  CHECK(surprisal_target_logits_backward(weight.data(), hidden.data(), targets.data(), upstream.data(),
                                         grad_hidden.data(), grad_rows.data(), in.rows, in.classes, in.width,
                                         stream()));
  Gradients found{grad_hidden.read(), grad_rows.read()};
  EXPECT(found.rows.back() == -7);
  found.rows.pop_back();
  return found;
}
}  // namespace

BRIEF_TEST(a_target_logit_is_the_product_of_its_row_and_its_hidden_state) {
  for (int32_t width : {1, 2, 3, 4, 31, 127, 128, 129, 200, 650, 2050}) {
    for (int64_t rows : {0, 1, 7, 8, 9, 67}) {
      Inputs in(rows, 31, width);
      std::vector<double> expected(rows);
      for (int64_t n = 0; n < rows; n++) {
        expected[n] = in.bias[in.targets[n]];
        for (int i = 0; i < width; i++) {
          expected[n] += double(in.weight[in.targets[n] * width + i]) * in.hidden[n * width + i];
        }
      }
      double wider = std::sqrt(std::max(1.0, width / 64.0));
      std::vector<float> found = logits(in);
      expect_close("logits of " + std::to_string(width), expected, found, wider * kRtol, wider * kAtol);
      for (size_t skew : {1, 2, 3}) expect_same("elsewhere", found, logits(in, skew));
    }
  }
}

BRIEF_TEST(the_gradient_of_a_target_logit_goes_to_its_hidden_state_and_its_row) {
  for (int32_t width : {1, 2, 3, 4, 31, 128, 129, 200, 2050}) {
    for (int64_t rows : {0, 1, 7, 9, 67}) {
      Inputs in(rows, 31, width);
      std::vector<double> hidden(rows * width), weight(rows * width);
      for (int64_t i = 0; i < rows * width; i++) {
        double g = in.upstream[i / width];
        hidden[i] = in.before[i] + g * in.weight[in.targets[i / width] * width + i % width];
        weight[i] = g * in.hidden[i];
      }
      Gradients found = gradients(in);
      expect_close("gradient of hidden", hidden, found.hidden);
      expect_close("gradient of rows", weight, found.rows);
      for (size_t skew : {1, 2, 3}) {
        Gradients elsewhere = gradients(in, skew);
        expect_same("gradient of hidden elsewhere", found.hidden, elsewhere.hidden);
        expect_same("gradient of rows elsewhere", found.rows, elsewhere.rows);
      }
    }
  }
}

TEST(a_projection_of_more_than_2_to_the_31_weights_has_target_logits) {
  const int32_t classes = 2200000, width = 1000;
  Array<float> weight(size_t(classes) * width), bias(std::vector<float>(classes, 0.0f));
  std::vector<int32_t> targets = {classes - 1, 2150000, 0};
  std::vector<float> states = normal(1, 3 * width);
  std::vector<double> expected(3);
  for (int n = 0; n < 3; n++) {
    std::vector<float> row = normal(targets[n] + 1, width);
    CHECK(cudaMemcpy(weight.data() + size_t(targets[n]) * width, row.data(), width * 4, cudaMemcpyHostToDevice));
    for (int i = 0; i < width; i++) expected[n] += double(row[i]) * states[n * width + i];
  }
  Array<float> hidden(states), found(3), grad_hidden(std::vector<float>(3 * width)), grad_rows(3 * width);
  Array<float> ones(std::vector<float>{1, 1, 1});
  Array<int32_t> ids(targets);
  CHECK(surprisal_target_logits(weight.data(), bias.data(), hidden.data(), ids.data(), found.data(), 3, classes, width,
                                stream()));
  expect_close("logits", expected, found.read(), 4 * kRtol, 4 * kAtol);
  CHECK(surprisal_target_logits_backward(weight.data(), hidden.data(), ids.data(), ones.data(), grad_hidden.data(),
                                         grad_rows.data(), 3, classes, width, stream()));
  std::vector<float> gradient = grad_hidden.read();
  gradient.resize(width);
  expect_same("gradient of hidden", normal(classes, width), gradient);
}

TEST(the_first_target_that_is_no_class_is_reported_and_nothing_is_written) {
  for (int32_t outside : {-1, 31, INT_MAX, INT_MIN}) {
    for (bool backward : {false, true}) {
      Inputs in(1500, 31, 5);
      in.targets[1100] = outside;
      in.targets[1300] = -9;
      Array<float> weight(in.weight), bias(in.bias), hidden(in.hidden), upstream(in.upstream), grad_hidden(in.before);
      Array<float> output(std::vector<float>(1500 * 5, -7));
      Array<int32_t> targets(in.targets);
      auto call = [&](const int32_t* ids, int64_t rows) {
        return backward ? surprisal_target_logits_backward(weight.data(), hidden.data(), ids, upstream.data(),
                                                           grad_hidden.data(), output.data(), rows, 31, 5, stream())
                        : surprisal_target_logits(weight.data(), bias.data(), hidden.data(), ids, output.data(), rows,
                                                  31, 5, stream());
      };
      CHECK(call(targets.data(), 1500));
      // A later call without a fault of its own finds the first and leaves everything alone.
      CHECK(call(targets.data(), 3));
      surprisal_fault fault = take_fault();
      EXPECT(fault.kind == SURPRISAL_FAULT_TARGET && fault.position == 1100 && fault.value == outside &&
             fault.classes == 31);
      expect_same("output", std::vector<float>(1500 * 5, -7), output.read());
      expect_same("gradient of hidden", in.before, grad_hidden.read());
    }
  }
}

TEST(negative_sizes_of_target_logits_are_refused) {
  const int64_t sizes[][3] = {{-1, 1, 1}, {1, -1, 1}, {1, 1, -1}};
  for (auto [rows, classes, width] : sizes) {
    EXPECT(surprisal_target_logits(nullptr, nullptr, nullptr, nullptr, nullptr, rows, int32_t(classes), int32_t(width),
                                   stream()) == SURPRISAL_INVALID_ARGUMENT);
    EXPECT(surprisal_target_logits_backward(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, rows,
                                            int32_t(classes), int32_t(width), stream()) == SURPRISAL_INVALID_ARGUMENT);
  }
}
