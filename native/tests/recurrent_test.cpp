// The tanh recurrent layer, forward and back through time, against the formula.
#include "recurrent_case.h"

using namespace recurrent_test;

namespace {
// Against the formula by the first path; the others give the same bits.
void check(const Shape& shape,
           const std::vector<RecurrentPath>& others = {RecurrentPath::kGrid, RecurrentPath::kSteps}) {
  const Problem p(shape);
  const Forward<float> found = forward(p, kPaths[0]);
  expect_formula(p, found);
  const Backward<float> found_back = backward(p, found.output, kPaths[0]);
  expect_formula(p, found.output, {}, found_back);
  for (RecurrentPath path : others) {
    const std::string what = shape.text() + ", path " + std::to_string(int(path));
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

TEST(a_batch_may_have_more_sequences_than_a_grid_has_rows) {
  check({70000, 2, 3}, {RecurrentPath::kSteps});
}

TEST(infinite_weights_do_not_reach_the_gradient_of_the_last_step) {
  Problem p({2, 1, 5, true, false});
  for (float& w : p.weight) w = INFINITY;
  const std::vector<float> states = test::normal(8, p.shape.sequences(), 0.4);
  for (RecurrentPath path : kPaths) {
    test::expect_close("gradient", expected_backward(p, states, {}).grad, backward(p, states, path).grad);
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
  surprisal_recurrent_gradients gradients = {};
  for (const Shape& s : bad) {
    surprisal_recurrent_layer layer = {};
    layer.batch = s.batch;
    layer.window = s.window;
    layer.hidden = s.hidden;
    EXPECT(surprisal_recurrent(&layer, nullptr, test::stream()) == SURPRISAL_INVALID_ARGUMENT);
    EXPECT(std::string(surprisal_message()).find("recurrent: expected B >= 0, T >= 1 and H >= 1, found B = ") == 0);
    EXPECT(surprisal_recurrent_backward(&layer, &gradients, nullptr, test::stream()) == SURPRISAL_INVALID_ARGUMENT);
    EXPECT(std::string(surprisal_message()).find("recurrent_backward: expected B >= 0") == 0);
  }
}

TEST(a_cell_that_there_is_not_is_refused) {
  surprisal_recurrent_layer layer = {};
  layer.batch = layer.window = layer.hidden = 1;
  layer.cell = 1;
  EXPECT(surprisal_recurrent(&layer, nullptr, test::stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(std::string(surprisal_message()) == "recurrent: expected a cell of surprisal_cell, found 1");
}

TEST(a_tanh_layer_takes_no_cell_state) {
  float state;
  surprisal_recurrent_layer layer = {};
  layer.batch = layer.window = layer.hidden = 1;
  surprisal_recurrent_gradients gradients = {};
  const auto expect_refusal = [&](float*& cell, const std::string& name) {
    cell = &state;
    EXPECT(surprisal_recurrent_backward(&layer, &gradients, nullptr, test::stream()) == SURPRISAL_INVALID_ARGUMENT);
    EXPECT(std::string(surprisal_message()) ==
           "recurrent_backward: a tanh layer has no cell state, expected " + name + ".cell to be NULL");
    cell = nullptr;
  };
  expect_refusal(layer.initial_state.cell, "initial_state");
  expect_refusal(layer.final_state.cell, "final_state");
  expect_refusal(gradients.grad_final_state.cell, "grad_final_state");
  expect_refusal(gradients.grad_initial_state.cell, "grad_initial_state");
}
