// The tanh recurrent layer, forward and back through time: against the formula in double precision, path against path.
#include <cmath>
#include <string>

#include "../device/recurrent_path.h"
#include "kernel_test.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

using surprisal::RecurrentPath;
using test::Array;

namespace {
const RecurrentPath kPaths[] = {RecurrentPath::kCluster, RecurrentPath::kGrid, RecurrentPath::kSteps};

struct Shape {
  int64_t batch, window;
  int hidden;
  bool with_final = true;    // grad_final_state is given
  bool with_initial = true;  // grad_initial_state is asked for
  size_t skew = 0;

  size_t states() const {
    return (size_t)(batch * hidden);
  }
  size_t sequences() const {
    return (size_t)(batch * window * hidden);
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
        weight(test::normal(1, (size_t)s.hidden * s.hidden, 1 / std::sqrt(s.hidden))),
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

Forward<double> expected_forward(const Problem& p) {
  const Shape& s = p.shape;
  const size_t H = s.hidden;
  Forward<double> result;
  result.output.resize(s.sequences());
  for (int64_t b = 0; b < s.batch; b++) {
    std::vector<double> state(p.initial.begin() + b * H, p.initial.begin() + (b + 1) * H);
    for (int64_t t = 0; t < s.window; t++) {
      const size_t at = (b * s.window + t) * H;
      for (size_t i = 0; i < H; i++) {
        double sum = (double)p.x[at + i] + p.bias_ih[i] + p.bias_hh[i];
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
Backward<double> expected_backward(const Problem& p, const std::vector<float>& output) {
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

Array<unsigned char> workspace_for(const Shape& s) {
  return Array<unsigned char>((size_t)surprisal_rnn_workspace(s.batch, s.window, s.hidden));
}

Forward<float> forward(const Problem& p, RecurrentPath path) {
  const Shape& s = p.shape;
  Array<float> weight(p.weight, s.skew), bias_ih(p.bias_ih, s.skew), bias_hh(p.bias_hh, s.skew),
      initial(p.initial, s.skew), output(p.x, s.skew), final_state(s.states(), s.skew);
  Array<unsigned char> workspace = workspace_for(s);
  CHECK(surprisal::rnn(path, weight.data(), bias_ih.data(), bias_hh.data(), initial.data(), output.data(),
                       final_state.data(), workspace.data(), s.batch, s.window, s.hidden, test::stream()));
  return {output.read(), final_state.read()};
}

Backward<float> backward(const Problem& p, const std::vector<float>& states, RecurrentPath path) {
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

void expect_bits(const std::string& what, const Forward<float>& a, const Forward<float>& b) {
  test::expect_same("output, " + what, a.output, b.output);
  test::expect_same("final state, " + what, a.final_state, b.final_state);
}

void expect_bits(const std::string& what, const Backward<float>& a, const Backward<float>& b) {
  test::expect_same("gradient, " + what, a.grad, b.grad);
  test::expect_same("previous, " + what, a.previous, b.previous);
  test::expect_same("gradient of the initial state, " + what, a.grad_initial, b.grad_initial);
}

// Against the formula by the first path; the others give the same bits.
void check(const Shape& shape,
           const std::vector<RecurrentPath>& others = {RecurrentPath::kGrid, RecurrentPath::kSteps}) {
  const Problem p(shape);
  const std::string text = shape.text();
  const double scale = std::sqrt(std::fmax(1, shape.hidden / 64.0));
  const Forward<double> expected = expected_forward(p);
  const Forward<float> found = forward(p, kPaths[0]);
  test::expect_close("output, " + text, expected.output, found.output, test::kRtol * scale, test::kAtol * scale);
  test::expect_close("final state, " + text, expected.final_state, found.final_state, test::kRtol * scale,
                     test::kAtol * scale);
  const Backward<double> expected_back = expected_backward(p, found.output);
  const Backward<float> found_back = backward(p, found.output, kPaths[0]);
  test::expect_close("gradient, " + text, expected_back.grad, found_back.grad, test::kRtol * scale,
                     test::kAtol * scale);
  test::expect_close("previous, " + text, expected_back.previous, found_back.previous, 0, 0);
  if (shape.with_initial) {
    test::expect_close("gradient of the initial state, " + text, expected_back.grad_initial, found_back.grad_initial,
                       test::kRtol * scale, test::kAtol * scale);
  }
  for (RecurrentPath path : others) {
    const std::string what = text + ", path " + std::to_string((int)path);
    expect_bits(what, found, forward(p, path));
    expect_bits(what, found_back, backward(p, found.output, path));
  }
}
}  // namespace

TEST(states_and_gradients_of_a_narrow_layer_are_those_of_the_formula) {
  size_t i = 0;
  for (int hidden : {1, 3, 31, 33, 50, 64, 127, 128}) {
    for (int64_t batch : {1, 2, 5, 20, 33}) {
      const int64_t windows[] = {1, 2, 7};
      check({batch, windows[i++ % 3], hidden});
    }
  }
}

TEST(states_and_gradients_of_a_layer_of_several_blocks_are_those_of_the_formula) {
  check({1, 7, 129});
  check({5, 2, 129});
  check({33, 3, 256});
  check({2, 3, 256});
  check({3, 2, 300});
  check({9, 2, 512});
  check({1, 2, 520});
  check({5, 2, 650});
  check({3, 2, 700});
  check({5, 2, 770});
}

TEST(a_layer_may_be_wider_than_registers_hold) {
  check({9, 1, 1025});
  check({1, 2, 1026});
}

TEST(gradients_that_are_optional_may_be_left_out) {
  for (int hidden : {33, 260}) {
    for (int64_t window : {1, 4}) {
      check({5, window, hidden, false, true});
      check({5, window, hidden, true, false});
      check({5, window, hidden, false, false});
    }
  }
}

TEST(floats_need_not_start_at_multiples_of_16_bytes) {
  for (int hidden : {64, 132, 300, 516}) {
    Shape shape = {3, 2, hidden};
    const Problem p(shape);
    const Forward<float> found = forward(p, kPaths[0]);
    const Backward<float> found_back = backward(p, found.output, kPaths[0]);
    for (size_t skew : {1, 2}) {
      Problem skewed = p;
      skewed.shape.skew = skew;
      for (RecurrentPath path : kPaths) {
        const std::string what = skewed.shape.text() + ", path " + std::to_string((int)path);
        expect_bits(what, found, forward(skewed, path));
        expect_bits(what, found_back, backward(skewed, found.output, path));
      }
    }
  }
}

TEST(a_batch_may_have_more_sequences_than_a_grid_has_rows) {
  check({70000, 2, 3}, {RecurrentPath::kSteps});
}

TEST(a_workspace_may_be_used_again_whatever_it_holds) {
  const Problem p({3, 5, 150});
  const Shape& s = p.shape;
  for (RecurrentPath path : kPaths) {
    Array<float> weight(p.weight), bias_ih(p.bias_ih), bias_hh(p.bias_hh), initial(p.initial), output(p.x),
        final_state(s.states()), grad(p.grad_output), previous(s.sequences()), grad_initial(s.states());
    Array<unsigned char> workspace = workspace_for(s);
    workspace.write(std::vector<unsigned char>(workspace.count(), 0x5a));
    const Forward<float> expected = forward(p, path);
    const Backward<float> expected_back = backward(Problem({3, 5, 150, false}), expected.output, path);
    for (int i = 0; i < 4; i++) {
      output.write(p.x);
      grad.write(p.grad_output);
      CHECK(surprisal::rnn(path, weight.data(), bias_ih.data(), bias_hh.data(), initial.data(), output.data(),
                           final_state.data(), workspace.data(), s.batch, s.window, s.hidden, test::stream()));
      CHECK(surprisal::rnn_backward(path, weight.data(), initial.data(), output.data(), nullptr, grad.data(),
                                    previous.data(), grad_initial.data(), workspace.data(), s.batch, s.window,
                                    s.hidden, test::stream()));
      const std::string what = "call " + std::to_string(i) + ", path " + std::to_string((int)path);
      expect_bits(what, expected, {output.read(), final_state.read()});
      expect_bits(what, expected_back, {grad.read(), previous.read(), grad_initial.read()});
    }
  }
}

TEST(infinite_weights_do_not_reach_the_gradient_of_the_last_step) {
  Problem p({2, 1, 5, true, false});
  for (float& w : p.weight) w = INFINITY;
  const std::vector<float> states = test::normal(8, p.shape.sequences(), 0.4);
  for (RecurrentPath path : kPaths) {
    test::expect_close("gradient", expected_backward(p, states).grad, backward(p, states, path).grad);
  }
}

TEST(an_empty_batch_is_no_work) {
  const Problem p({0, 3, 5});
  for (RecurrentPath path : kPaths) {
    forward(p, path);
    backward(p, {}, path);
  }
}

TEST(a_layer_without_steps_or_units_is_refused) {
  const Shape bad[] = {{2, 0, 5}, {2, 3, 0}, {-1, 3, 5}};
  float* none = nullptr;
  for (const Shape& s : bad) {
    EXPECT(surprisal_rnn(none, none, none, none, none, none, none, s.batch, s.window, s.hidden, test::stream()) ==
           SURPRISAL_INVALID_ARGUMENT);
    EXPECT(std::string(surprisal_message()).find("rnn: expected B >= 0, T >= 1 and H >= 1, found B = ") == 0);
    EXPECT(surprisal_rnn_backward(none, none, none, none, none, none, none, none, s.batch, s.window, s.hidden,
                                  test::stream()) == SURPRISAL_INVALID_ARGUMENT);
    EXPECT(std::string(surprisal_message()).find("rnn_backward: expected B >= 0") == 0);
  }
}

TEST(after_a_fault_nothing_is_written) {
  for (int hidden : {40, 140}) {
    const Problem p({3, 2, hidden});
    const Shape& s = p.shape;
    for (RecurrentPath path : kPaths) {
      Array<float> weight(p.weight), bias(p.bias_ih), initial(p.initial), output(p.x), final_state(p.initial),
          grad(p.grad_output), previous(p.x), grad_initial(p.initial);
      Array<unsigned char> workspace = workspace_for(s);
      surprisal_fault fault = {};
      fault.kind = SURPRISAL_FAULT_TOKEN;
      CHECK(cudaMemcpy(test::stream()->fault, &fault, sizeof fault, cudaMemcpyHostToDevice));
      CHECK(surprisal::rnn(path, weight.data(), bias.data(), bias.data(), initial.data(), output.data(),
                           final_state.data(), workspace.data(), s.batch, s.window, s.hidden, test::stream()));
      CHECK(surprisal::rnn_backward(path, weight.data(), initial.data(), output.data(), nullptr, grad.data(),
                                    previous.data(), grad_initial.data(), workspace.data(), s.batch, s.window,
                                    s.hidden, test::stream()));
      test::take_fault();
      test::expect_same("output", p.x, output.read());
      test::expect_same("final state", p.initial, final_state.read());
      test::expect_same("gradient", p.grad_output, grad.read());
      test::expect_same("previous", p.x, previous.read());
      test::expect_same("gradient of the initial state", p.initial, grad_initial.read());
    }
  }
}

#if SURPRISAL_EMULATED
TEST(a_device_of_any_size_gives_the_same_bits) {
  const emulator::DeviceModel usual = emulator::device_model();
  const Shape shapes[] = {{5, 3, 50}, {7, 3, 200}, {3, 2, 400}, {18, 1, 530}, {2, 2, 800}};
  for (const Shape& shape : shapes) {
    const Problem p(shape);
    const Forward<float> found = forward(p, RecurrentPath::kSteps);
    const Backward<float> found_back = backward(p, found.output, RecurrentPath::kSteps);
    for (int multiprocessors : {1, 3, 12}) {
      for (int major : {8, 9}) {
        for (size_t shared : {48, 227}) {
          emulator::DeviceModel model;
          model.multiprocessors = multiprocessors;
          model.shared_bytes = shared * 1024;
          model.major = major;
          emulator::set_device_model(model);
          const std::string what = shape.text() + ", " + std::to_string(multiprocessors) + " multiprocessors of " +
                                   std::to_string(shared) + " KB, compute capability " + std::to_string(major);
          expect_bits(what, found, forward(p, RecurrentPath::kCluster));
          expect_bits(what, found_back, backward(p, found.output, RecurrentPath::kCluster));
        }
      }
    }
  }
  emulator::set_device_model(usual);
}
#endif
