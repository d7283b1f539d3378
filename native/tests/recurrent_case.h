// What tests of recurrent layers share: problems, the formula in double precision, and calls of the operations.
//
// The formula is that of a cell with G gates a_g = tanh(x_g + b_ih + b_hh + W h_{t-1}), whose h_t is the sum of a_g / (g + 1):
// with one gate it is the tanh cell; recurrent_gates.h has the others.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "../device/recurrent/path.h"
#include "kernel_test.h"

namespace recurrent_test {
using surprisal::RecurrentPath;
using test::Array;

constexpr RecurrentPath kPaths[] = {RecurrentPath::kCluster, RecurrentPath::kGrid, RecurrentPath::kSteps};

struct Shape {
  int64_t batch, window;
  int hidden;
  bool with_final = true;    // grad_final_state is given
  bool with_initial = true;  // grad_initial_state is asked for
  size_t skew = 0;
  int gates = 1;

  size_t states() const {
    return size_t(batch * hidden);
  }
  size_t sequences() const {
    return size_t(batch * window * hidden);
  }
  std::string text() const {
    return "G = " + std::to_string(gates) + ", B = " + std::to_string(batch) + ", T = " + std::to_string(window) +
           ", H = " + std::to_string(hidden) + ", skew " + std::to_string(skew);
  }
};

struct Problem {
  Shape shape;
  std::vector<float> weight, bias_ih, bias_hh, initial, x, grad_output, grad_final;

  explicit Problem(const Shape& s)
      : shape(s),
        weight(test::normal(1, size_t(s.gates) * s.hidden * s.hidden, 1 / std::sqrt(s.hidden))),
        bias_ih(test::normal(2, size_t(s.gates) * s.hidden, 0.3)),
        bias_hh(test::normal(3, size_t(s.gates) * s.hidden, 0.3)),
        initial(test::normal(4, s.states(), 0.5)),
        x(test::normal(5, s.gates * s.sequences())),
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
  const size_t H = s.hidden, G = s.gates;
  Forward<double> result;
  result.output.resize(s.sequences());
  for (int64_t b = 0; b < s.batch; b++) {
    std::vector<double> state(p.initial.begin() + b * H, p.initial.begin() + (b + 1) * H);
    for (int64_t t = 0; t < s.window; t++) {
      const size_t step = b * s.window + t;
      for (size_t row = 0; row < G * H; row++) {
        double sum = double(p.x[step * G * H + row]) + p.bias_ih[row] + p.bias_hh[row];
        for (size_t k = 0; k < H; k++) sum += p.weight[row * H + k] * state[k];
        result.output[step * H + row % H] += std::tanh(sum) / double(row / H + 1);
      }
      state.assign(result.output.begin() + step * H, result.output.begin() + (step + 1) * H);
    }
    result.final_state.insert(result.final_state.end(), state.begin(), state.end());
  }
  return result;
}

// From the states and, of several gates, the a_g that the device gave: what is compared here is the way back alone.
inline Backward<double> expected_backward(const Problem& p, const std::vector<float>& output,
                                          const std::vector<float>& reserve) {
  const Shape& s = p.shape;
  const size_t H = s.hidden, G = s.gates;
  const std::vector<float>& activations = G == 1 ? output : reserve;
  Backward<double> result;
  result.grad.resize(G * s.sequences());
  result.previous.resize(s.sequences());
  for (int64_t b = 0; b < s.batch; b++) {
    std::vector<double> through(p.grad_final.begin() + b * H, p.grad_final.begin() + (b + 1) * H);
    for (int64_t t = s.window - 1; t >= 0; t--) {
      const size_t step = b * s.window + t;
      double* g = &result.grad[step * G * H];
      for (size_t row = 0; row < G * H; row++) {
        double a = activations[step * G * H + row];
        g[row] = (p.grad_output[step * H + row % H] + through[row % H]) * (1 - a * a) / double(row / H + 1);
      }
      for (size_t i = 0; i < H; i++) {
        result.previous[step * H + i] = t == 0 ? p.initial[b * H + i] : output[(step - 1) * H + i];
      }
      through.assign(H, 0);
      for (size_t row = 0; row < G * H; row++) {
        for (size_t k = 0; k < H; k++) through[k] += p.weight[row * H + k] * g[row];
      }
    }
    result.grad_initial.insert(result.grad_initial.end(), through.begin(), through.end());
  }
  return result;
}

// A problem on the device.
struct Operands {
  Array<float> weight, bias_ih, bias_hh, initial, reserve, output, final_state, grad_output, grad_final, previous,
      grad_initial;
  Array<unsigned char> workspace;
  surprisal_recurrent_layer layer = {};
  surprisal_recurrent_gradients gradients = {};

  explicit Operands(const Problem& p)
      : weight(p.weight, p.shape.skew),
        bias_ih(p.bias_ih, p.shape.skew),
        bias_hh(p.bias_hh, p.shape.skew),
        initial(p.initial, p.shape.skew),
        reserve(p.x, p.shape.skew),
        output(p.shape.sequences(), p.shape.skew),
        final_state(p.shape.states(), p.shape.skew),
        grad_output(p.grad_output, p.shape.skew),
        grad_final(p.grad_final, p.shape.skew),
        previous(p.shape.sequences(), p.shape.skew),
        grad_initial(p.shape.states(), p.shape.skew),
        workspace(size_t(p.shape.gates * surprisal_recurrent_workspace(SURPRISAL_CELL_TANH, p.shape.hidden))) {
    layer.weight_hh = weight.data();
    layer.bias_ih = bias_ih.data();
    layer.bias_hh = bias_hh.data();
    layer.initial_state.hidden = initial.data();
    layer.reserve = reserve.data();
    layer.output = output.data();
    layer.final_state.hidden = final_state.data();
    layer.batch = p.shape.batch;
    layer.window = p.shape.window;
    layer.hidden = p.shape.hidden;
    layer.cell = SURPRISAL_CELL_TANH;
    gradients.grad_output = grad_output.data();
    gradients.grad_final_state.hidden = p.shape.with_final ? grad_final.data() : nullptr;
    gradients.previous = previous.data();
    gradients.grad_initial_state.hidden = p.shape.with_initial ? grad_initial.data() : nullptr;
  }

  void issue_forward(RecurrentPath path) {
    CHECK(surprisal::recurrent(path, layer, workspace.data(), test::stream()));
  }
  void issue_backward(RecurrentPath path) {
    CHECK(surprisal::recurrent_backward(path, layer, gradients, workspace.data(), test::stream()));
  }
  Forward<float> forward_results() const {
    return {output.read(), final_state.read()};
  }
  Backward<float> backward_results() const {
    return {reserve.read(), previous.read(), grad_initial.read()};
  }
};

// Of a tanh layer.
inline Forward<float> forward(const Problem& p, RecurrentPath path) {
  Operands on(p);
  on.issue_forward(path);
  return on.forward_results();
}

inline Backward<float> backward(const Problem& p, const std::vector<float>& states, RecurrentPath path) {
  Operands on(p);
  on.output.write(states);
  on.issue_backward(path);
  test::expect_same("grad_output, which is only read", p.grad_output, on.grad_output.read());
  return on.backward_results();
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

// Against the formula.
inline void expect_formula(const Problem& p, const Forward<float>& found) {
  const double scale = std::sqrt(std::fmax(1, p.shape.hidden / 64.0));
  const Forward<double> expected = expected_forward(p);
  test::expect_close("output, " + p.shape.text(), expected.output, found.output, test::kRtol * scale,
                     test::kAtol * scale);
  test::expect_close("final state, " + p.shape.text(), expected.final_state, found.final_state, test::kRtol * scale,
                     test::kAtol * scale);
}

inline void expect_formula(const Problem& p, const std::vector<float>& output, const std::vector<float>& reserve,
                           const Backward<float>& found) {
  const double scale = std::sqrt(std::fmax(1, p.shape.gates * p.shape.hidden / 64.0));
  const Backward<double> expected = expected_backward(p, output, reserve);
  test::expect_close("gradient, " + p.shape.text(), expected.grad, found.grad, test::kRtol * scale,
                     test::kAtol * scale);
  test::expect_close("previous, " + p.shape.text(), expected.previous, found.previous, 0, 0);
  if (p.shape.with_initial) {
    test::expect_close("gradient of the initial state, " + p.shape.text(), expected.grad_initial, found.grad_initial,
                       test::kRtol * scale, test::kAtol * scale);
  }
}
}  // namespace recurrent_test
