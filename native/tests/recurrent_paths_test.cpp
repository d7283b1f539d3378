// The tanh recurrent layer gives the same bits in all the ways in which it can run, whatever device, alignment and
// workspace, and none of them writes after a fault.
#include "recurrent_case.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

using namespace recurrent_test;

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
  const Problem p({3, 5, 150, false});
  for (RecurrentPath path : kPaths) {
    const Forward<float> expected = forward(p, path);
    const Backward<float> expected_back = backward(p, expected.output, path);
    Operands on(p);
    on.workspace.write(std::vector<unsigned char>(on.workspace.count(), 0x5a));
    for (int i = 0; i < 4; i++) {
      const std::string what = "call " + std::to_string(i) + ", path " + std::to_string(int(path));
      on.reserve.write(p.x);
      on.issue_forward(path);
      on.issue_backward(path);
      expect_bits(what, expected, on.forward_results());
      expect_bits(what, expected_back, on.backward_results());
    }
  }
}

TEST(after_a_fault_nothing_is_written) {
  for (int hidden : {40, 140}) {
    const Problem p({3, 2, hidden, false});
    for (RecurrentPath path : kPaths) {
      Operands on(p);
      on.output.write(p.x);
      on.final_state.write(p.initial);
      on.previous.write(p.x);
      on.grad_initial.write(p.initial);
      surprisal_fault fault = {};
      fault.kind = SURPRISAL_FAULT_TOKEN;
      CHECK(cudaMemcpy(test::stream()->fault, &fault, sizeof fault, cudaMemcpyHostToDevice));
      on.issue_forward(path);
      on.issue_backward(path);
      test::take_fault();
      expect_bits("after a fault", Forward<float>{p.x, p.initial}, on.forward_results());
      expect_bits("after a fault", Backward<float>{p.x, p.x, p.initial}, on.backward_results());
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
