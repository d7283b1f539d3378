// A recurrence hands all gates of a unit to its cell, in every way in which it can run: layers of 2 gates
// and of 3, which take the slots of 4, against the formula.
#include "recurrent_gates.h"

#include "recurrent_case.h"

using namespace recurrent_test;

namespace {
// On every path: the first against the formula, the others against its bits.
void check(const Problem& p) {
  const Shape& s = p.shape;
  Forward<float> first;
  Backward<float> first_back;
  for (RecurrentPath path : kPaths) {
    Operands on(p);
    CHECK(gates_forward(s.gates, path, on.layer, on.workspace.data(), test::stream()));
    const Forward<float> found = on.forward_results();
    const std::vector<float> saved = on.reserve.read();
    CHECK(gates_backward(s.gates, path, on.layer, on.gradients, on.workspace.data(), test::stream()));
    const Backward<float> found_back = on.backward_results();
    if (path == kPaths[0]) {
      expect_formula(p, found);
      expect_formula(p, found.output, saved, found_back);
      first = found;
      first_back = found_back;
    } else {
      const std::string what = s.text() + ", path " + std::to_string(int(path));
      expect_bits(what, first, found);
      expect_bits(what, first_back, found_back);
    }
  }
}
}  // namespace

// Narrow ones in a block, in a cluster and in a grid; wide ones with a launch a step going back, where a state has a
// value a gate.
BRIEF_TEST(all_gates_of_a_unit_meet_in_its_cell) {
  for (int gates : {2, 3}) {
    for (int hidden : {1, 5, 33, 64, 130, 258}) {
      check(Problem({3, 2, hidden, true, true, 0, gates}));
    }
    check(Problem({9, 2, 31, false, false, 0, gates}));
    check(Problem({6, 2, 64, true, true, 1, gates}));
    check(Problem({1, 2, 400, true, true, 0, gates}));
  }
}
