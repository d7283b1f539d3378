// The tanh recurrent layer gives the same bits in all the ways in which it can run, whatever device, alignment and
// workspace, and none of them writes after a fault.
#include "rnn_case.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

using namespace rnn_test;

BRIEF_TEST(floats_need_not_start_at_multiples_of_16_bytes) {
  for (int hidden : {64, 132, 300, 516}) {
    Shape shape = {3, 2, hidden};
    const Problem p(shape);
    const Forward<float> found = forward(p, kPaths[0]);
    const Backward<float> found_back = backward(p, found.output, kPaths[0]);
    for (size_t skew : {1, 2}) {
      Problem skewed = p;
      skewed.shape.skew = skew;
      for (RecurrentPath path : kPaths) {
        const std::string what = skewed.shape.text() + ", path " + std::to_string(int(path));
        expect_bits(what, found, forward(skewed, path));
        expect_bits(what, found_back, backward(skewed, found.output, path));
      }
    }
  }
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
      const std::string what = "call " + std::to_string(i) + ", path " + std::to_string(int(path));
      expect_bits(what, expected, {output.read(), final_state.read()});
      expect_bits(what, expected_back, {grad.read(), previous.read(), grad_initial.read()});
    }
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
BRIEF_TEST(a_device_of_any_size_gives_the_same_bits) {
  const emulator::DeviceModel usual = emulator::device_model();
  const Shape shapes[] = {{5, 3, 50}, {7, 3, 200}, {3, 2, 400}, {18, 1, 530}, {2, 2, 800}};
  for (const Shape& shape : shapes) {
    const Problem p(shape);
    const Forward<float> found = forward(p, RecurrentPath::kSteps);
    const Backward<float> found_back = backward(p, found.output, RecurrentPath::kSteps);
    for (int multiprocessors : {1, 3, 16}) {
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
