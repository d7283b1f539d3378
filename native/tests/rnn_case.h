// What tests of the tanh recurrent layer share: problems, the formula in double precision, and calls of the operations.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "../device/recurrent/path.h"
#include "kernel_test.h"

namespace rnn_test {
using surprisal::RecurrentPath;
using test::Array;

constexpr RecurrentPath kPaths[] = {RecurrentPath::kCluster, RecurrentPath::kGrid, RecurrentPath::kSteps};

struct Shape {
  int64_t batch, window;
  int hidden;
  bool with_final = true;    // grad_final_state is given
  bool with_initial = true;  // grad_initial_state is asked for
  size_t skew = 0;

  size_t states() const {
    return size_t(batch * hidden);
  }
  size_t sequences() const {
    return size_t(batch * window * hidden);
  }
  std::string text() const {
    return "B = " + std::to_string(batch) + ", T = " + std::to_string(window) + ", H = " + std::to_string(hidden) +
           ", skew " + std::to_string(skew);
  }
};

struct Problem {
  Shape shape;
  std::vector<float> weight, bias_ih, bias_hh, initial, x, grad_output, grad_final;

  explicit Problem(const Shape& s)
      : shape(s),
        weight(test::normal(1, size_t(s.hidden) * s.hidden, 1 / std::sqrt(s.hidden))),
        bias_ih(test::normal(2, s.hidden, 0.3)),
        bias_hh(test::normal(3, s.hidden, 0.3)),
        initial(test::normal(4, s.states(), 0.5)),
        x(test::normal(5, s.sequences())),
        grad_output(test::normal(6, s.sequences())),
        grad_final(s.with_final ? test::normal(7, s.states()) : std::vector<float>(s.states(), 0.0f)) {}
};

template <class T>
struct Forward {
  std::vector<T> output, final_state;
};

template <class T>
struct Backward {
  std::vector<T> grad, previous, grad_initial;
};

inline Forward<double> expected_forward(const Problem& p) {
  const Shape& s = p.shape;
  const size_t H = s.hidden;
  Forward<double> result;
  result.output.resize(s.sequences());
  for (int64_t b = 0; b < s.batch; b++) {
    std::vector<double> state(p.initial.begin() + b * H, p.initial.begin() + (b + 1) * H);
    for (int64_t t = 0; t < s.window; t++) {
      const size_t at = (b * s.window + t) * H;
      for (size_t i = 0; i < H; i++) {
        double sum = double(p.x[at + i]) + p.bias_ih[i] + p.bias_hh[i];
        for (size_t k = 0; k < H; k++) sum += p.weight[i * H + k] * state[k];
        result.output[at + i] = std::tanh(sum);
      }
      state.assign(result.output.begin() + at, result.output.begin() + at + H);
    }
    result.final_state.insert(result.final_state.end(), state.begin(), state.end());
  }
  return result;
}

// From the states that the device gave: what is compared here is the way back alone.
inline Backward<double> expected_backward(const Problem& p, const std::vector<float>& output) {
  const Shape& s = p.shape;
  const size_t H = s.hidden;
  Backward<double> result;
  result.grad.resize(s.sequences());
  result.previous.resize(s.sequences());
  for (int64_t b = 0; b < s.batch; b++) {
    std::vector<double> through(p.grad_final.begin() + b * H, p.grad_final.begin() + (b + 1) * H);
    for (int64_t t = s.window - 1; t >= 0; t--) {
      const size_t at = (b * s.window + t) * H;
      double* g = &result.grad[at];
      for (size_t i = 0; i < H; i++) {
        double h = output[at + i];
        g[i] = (p.grad_output[at + i] + through[i]) * (1 - h * h);
        result.previous[at + i] = t == 0 ? p.initial[b * H + i] : output[at - H + i];
      }
      through.assign(H, 0);
      for (size_t i = 0; i < H; i++) {
        for (size_t k = 0; k < H; k++) through[k] += p.weight[i * H + k] * g[i];
      }
    }
    result.grad_initial.insert(result.grad_initial.end(), through.begin(), through.end());
  }
  return result;
}

inline Array<unsigned char> workspace_for(const Shape& s) {
  return Array<unsigned char>(size_t(surprisal_rnn_workspace(s.batch, s.window, s.hidden)));
}

inline Forward<float> forward(const Problem& p, RecurrentPath path) {
  const Shape& s = p.shape;
  Array<float> weight(p.weight, s.skew), bias_ih(p.bias_ih, s.skew), bias_hh(p.bias_hh, s.skew),
      initial(p.initial, s.skew), output(p.x, s.skew), final_state(s.states(), s.skew);
  Array<unsigned char> workspace = workspace_for(s);
  CHECK(surprisal::rnn(path, weight.data(), bias_ih.data(), bias_hh.data(), initial.data(), output.data(),
                       final_state.data(), workspace.data(), s.batch, s.window, s.hidden, test::stream()));
  return {output.read(), final_state.read()};
}

inline Backward<float> backward(const Problem& p, const std::vector<float>& states, RecurrentPath path) {
  const Shape& s = p.shape;
  Array<float> weight(p.weight, s.skew), initial(p.initial, s.skew), output(states, s.skew),
      grad_final(p.grad_final, s.skew), grad(p.grad_output, s.skew), previous(s.sequences(), s.skew),
      grad_initial(s.states(), s.skew);
  Array<unsigned char> workspace = workspace_for(s);
  CHECK(surprisal::rnn_backward(path, weight.data(), initial.data(), output.data(),
                                s.with_final ? grad_final.data() : nullptr, grad.data(), previous.data(),
                                s.with_initial ? grad_initial.data() : nullptr, workspace.data(), s.batch, s.window,
                                s.hidden, test::stream()));
  return {grad.read(), previous.read(), grad_initial.read()};
}

inline void expect_bits(const std::string& what, const Forward<float>& a, const Forward<float>& b) {
  test::expect_same("output, " + what, a.output, b.output);
  test::expect_same("final state, " + what, a.final_state, b.final_state);
}

inline void expect_bits(const std::string& what, const Backward<float>& a, const Backward<float>& b) {
  test::expect_same("gradient, " + what, a.grad, b.grad);
  test::expect_same("previous, " + what, a.previous, b.previous);
  test::expect_same("gradient of the initial state, " + what, a.grad_initial, b.grad_initial);
}
}  // namespace rnn_test
