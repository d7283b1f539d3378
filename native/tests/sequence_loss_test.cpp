#include <algorithm>
#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
struct Options {
  int kind = SURPRISAL_SEQUENCE_RISK;
  float scale = 1;
  float margin = 0;
  bool normalised = false;
  float likelihood = 0;
};

struct Batch {
  std::vector<float> losses;
  std::vector<int32_t> starts, lengths, lists;
  std::vector<float> costs;
};

struct Found {
  std::vector<float> scores, list_losses, grad_losses;
};

const Options kOptions[] = {
    {SURPRISAL_SEQUENCE_RISK, 1, 0, false},         {SURPRISAL_SEQUENCE_RISK, 0.3f, 0, true},
    {SURPRISAL_SEQUENCE_RISK, 2.5f, 0, true},       {SURPRISAL_SEQUENCE_RANKING, 1, 0, false},
    {SURPRISAL_SEQUENCE_RANKING, 0.5f, 1.5f, true}, {SURPRISAL_SEQUENCE_RANKING, 3, 2, false},
    {SURPRISAL_SEQUENCE_RISK, 1, 0, true, 0.5f},    {SURPRISAL_SEQUENCE_RANKING, 1, 1, false, 2}};

// Lists of those sizes, of sequences with up to `longest` tokens; between some of them lie tokens of none.
Batch batch_of(const std::vector<int>& sizes, int longest, uint64_t seed) {
  Batch batch;
  int32_t at = 0, sequences = 0;
  for (int size : sizes) sequences += size;
  std::vector<int32_t> lengths = integers(seed, sequences, longest), gaps = integers(seed + 1, sequences + 1, 3);
  std::vector<int32_t> costs = integers(seed + 2, sequences, 7);
  batch.lists.push_back(0);
  for (int size : sizes) batch.lists.push_back(batch.lists.back() + size);
  for (int32_t i = 0; i < sequences; i++) {
    at += gaps[i];
    batch.starts.push_back(at);
    batch.lengths.push_back(1 + lengths[i]);
    batch.costs.push_back(float(costs[i]) / 4);
    at += 1 + lengths[i];
  }
  batch.losses = normal(seed + 3, at + gaps[sequences], 2);
  for (float& loss : batch.losses) loss = std::fabs(loss);
  return batch;
}

// With a memory of its own for each, that starts `skew` elements off a boundary.
struct Call {
  Array<float> losses, costs, scores, list_losses, grad_losses;
  Array<int32_t> starts, lengths, lists;
  Array<char> workspace;

  explicit Call(const Batch& b, size_t skew = 0)
      : losses(b.losses, skew),
        costs(b.costs, skew),
        scores(std::vector<float>(b.costs.size(), NAN), skew),
        list_losses(std::vector<float>(b.lists.size() - 1, NAN), skew),
        grad_losses(std::vector<float>(b.losses.size(), NAN), skew),
        starts(b.starts, skew),
        lengths(b.lengths, skew),
        lists(b.lists, skew),
        workspace(surprisal_sequence_loss_workspace(int64_t(b.costs.size()))) {}

  int run(const Options& o) {
    const surprisal_sequence_lists of = {losses.data(),
                                         starts.data(),
                                         lengths.data(),
                                         lists.data(),
                                         costs.data(),
                                         scores.data(),
                                         list_losses.data(),
                                         grad_losses.data(),
                                         int64_t(losses.count()),
                                         int64_t(costs.count()),
                                         int64_t(list_losses.count()),
                                         o.scale,
                                         o.margin,
                                         o.likelihood,
                                         o.normalised};
    return surprisal_sequence_loss(&of, workspace.data(), o.kind, stream());
  }
  Found found() {
    return {scores.read(), list_losses.read(), grad_losses.read()};
  }
};

void check(const Batch& b, const Options& o, double atol = kAtol) {
  Call call(b);
  CHECK(call.run(o));
  Found found = call.found();
  size_t lists = b.lists.size() - 1;
  std::vector<double> scores, list_losses, grad_losses(b.losses.size(), 0);
  for (size_t s = 0; s < b.starts.size(); s++) {
    double score = 0;
    for (int32_t i = 0; i < b.lengths[s]; i++) score -= b.losses[b.starts[s] + i];
    scores.push_back(o.normalised ? score / b.lengths[s] : score);
  }
  std::vector<double> slopes(scores.size(), 0);
  for (size_t l = 0; l < lists; l++) {
    double loss = 0, divisor = 0;
    int32_t first = b.lists[l], end = b.lists[l + 1];
    if (o.kind == SURPRISAL_SEQUENCE_RISK) {
      double largest = *std::max_element(&scores[first], &scores[first] + (end - first));
      for (int32_t i = first; i < end; i++) divisor += std::exp(o.scale * (scores[i] - largest));
      for (int32_t i = first; i < end; i++) {
        double p = std::exp(o.scale * (scores[i] - largest)) / divisor;
        loss += p * b.costs[i];
        for (int32_t j = first; j < end; j++) {
          double q = std::exp(o.scale * (scores[j] - largest)) / divisor;
          slopes[i] += o.scale * p * q * (double(b.costs[i]) - b.costs[j]);
        }
      }
    } else {
      for (int32_t i = first; i < end; i++) {
        for (int32_t j = first; j < end; j++) divisor += b.costs[i] < b.costs[j];
      }
      for (int32_t i = first; i < end; i++) {
        for (int32_t j = first; j < end; j++) {
          double hinge = o.margin - double(o.scale) * (scores[i] - scores[j]);
          if (!(b.costs[i] < b.costs[j] && hinge > 0)) continue;
          loss += hinge / divisor;
          slopes[i] -= o.scale / divisor;
          slopes[j] += o.scale / divisor;
        }
      }
    }
    size_t cheapest = std::min_element(&b.costs[first], &b.costs[first] + (end - first)) - &b.costs[0];
    loss -= o.likelihood * scores[cheapest];
    slopes[cheapest] -= o.likelihood;
    list_losses.push_back(loss);
    for (int32_t s = first; s < end; s++) {
      for (int32_t i = 0; i < b.lengths[s]; i++) {
        grad_losses[b.starts[s] + i] = -slopes[s] / double(lists) / (o.normalised ? b.lengths[s] : 1);
      }
    }
  }
  std::string what = "kind " + std::to_string(o.kind) + ", " + std::to_string(lists) + " lists: ";
  expect_close(what + "scores", scores, found.scores, kRtol, atol);
  expect_close(what + "list losses", list_losses, found.list_losses, kRtol, atol);
  expect_close(what + "gradient", grad_losses, found.grad_losses, kRtol, atol);
}
}  // namespace

TEST(losses_of_lists_and_their_gradients_are_those_of_the_formula) {
  for (const Options& o : kOptions) {
    check(batch_of({2}, 1, 1), o);
    check(batch_of({5}, 7, 2), o);
    check(batch_of({3, 2, 10, 4, 2, 31}, 40, 3), o);
    check(batch_of({9, 300, 2}, 70, 4), o);
    check(batch_of({600}, 2, 5), o);
    check(batch_of(std::vector<int>(400, 2), 3, 6), o);
  }
}

TEST(the_risk_of_a_list_with_an_almost_certain_hypothesis_keeps_its_digits) {
  // P of the second is e^-40, so the gradient is as small, though costs are not.
  Batch b{{0, 40, 1e-3f}, {0, 1}, {1, 2}, {0, 2}, {3, 8}};
  check(b, {SURPRISAL_SEQUENCE_RISK, 1, 0, false}, 1e-23);
  b.costs = {0, 5};
  check(b, {SURPRISAL_SEQUENCE_RISK, 1, 0, false}, 1e-23);
}

TEST(scores_may_be_large_and_nearly_the_same) {
  Batch b = batch_of({8}, 4000, 7);
  float first = 0;
  for (int32_t s = 0; s < 8; s++) {
    double sum = 0;
    for (int32_t i = 1; i < b.lengths[s]; i++) sum += b.losses[b.starts[s] + i];
    if (s == 0) first = float(sum + 1000);
    b.losses[b.starts[s]] = float(first - sum) + 0.1f * float(s);
  }
  for (const Options& o : kOptions) check(b, o);
}

TEST(pairs_of_equal_cost_say_nothing) {
  Batch b = batch_of({4, 3}, 5, 8);
  std::fill(b.costs.begin(), b.costs.begin() + 4, 2.0f);
  for (const Options& o : kOptions) check(b, o);
  Call call(b);
  CHECK(call.run({SURPRISAL_SEQUENCE_RANKING, 1, 1, false}));
  EXPECT(call.list_losses.read()[0] == 0);
}

BRIEF_TEST(an_impossible_hypothesis_has_no_part_in_the_risk) {
  Batch b{{1, INFINITY, 2, 3}, {0, 1, 3}, {1, 2, 1}, {0, 3}, {1, 9, 4}};
  Call call(b);
  CHECK(call.run({SURPRISAL_SEQUENCE_RISK, 1, 0, false}));
  Found found = call.found();
  double p = 1 / (1 + std::exp(-2.0)), slope = p * (1 - p) * 3;
  expect_close("loss", {p * 1 + (1 - p) * 4}, found.list_losses);
  expect_close("gradient", {slope, 0, 0, -slope}, found.grad_losses);
}

TEST(losses_of_lists_do_not_depend_on_where_they_lie_or_on_the_other_lists) {
  for (const Options& o : kOptions) {
    Batch b = batch_of({5, 40, 3}, 50, 9);
    Call call(b), skewed(b, 1);
    CHECK(call.run(o));
    CHECK(skewed.run(o));
    expect_same("gradient", call.grad_losses.read(), skewed.grad_losses.read());
    Batch alone = b;
    alone.starts.resize(5), alone.lengths.resize(5), alone.costs.resize(5), alone.lists.resize(2);
    Call part(alone);
    CHECK(part.run(o));
    EXPECT(part.list_losses.read()[0] == call.list_losses.read()[0]);
  }
}

TEST(there_may_be_no_lists) {
  Batch none{{1, 2, 3}, {}, {}, {0}, {}};
  Call call(none);
  CHECK(call.run({}));
  EXPECT(call.grad_losses.read() == std::vector<float>(3, 0));
  Batch nothing{{}, {}, {}, {0}, {}};
  Call empty(nothing);
  CHECK(empty.run({}));
  EXPECT(take_fault().kind == SURPRISAL_FAULT_NONE);
}

namespace {
void expect_fault(const Batch& b, int kind, int64_t position, double value, int32_t classes) {
  Call call(b);
  CHECK(call.run({}));
  surprisal_fault fault = take_fault();
  if (fault.kind != kind || fault.position != position || fault.classes != classes ||
      !(fault.value == value || (std::isnan(fault.value) && std::isnan(value)))) {
    fail("expected fault %d at %lld: %g, %d; found %d at %lld: %g, %d", kind, static_cast<long long>(position), value,
         classes, fault.kind, static_cast<long long>(fault.position), fault.value, fault.classes);
  }
  Found found = call.found();
  for (const std::vector<float>& output : {found.scores, found.list_losses, found.grad_losses}) {
    EXPECT(std::all_of(output.begin(), output.end(), [](float value) { return std::isnan(value); }));
  }
}
}  // namespace

TEST(sequences_that_do_not_fit_are_reported_and_nothing_is_written) {
  Batch good = batch_of(std::vector<int>(700, 2), 3, 10);
  int32_t tokens = int32_t(good.losses.size());
  auto with = [&](size_t at, int32_t start, int32_t length) {
    Batch b = good;
    b.starts[at] = start;
    b.lengths[at] = length;
    return b;
  };
  for (size_t at : {size_t(0), size_t(1), size_t(77), good.starts.size() - 1}) {
    int32_t start = good.starts[at];
    for (int32_t length : {0, -1, INT32_MIN}) {
      expect_fault(with(at, start, length), SURPRISAL_FAULT_SEQUENCE, int64_t(at), start, length);
    }
    for (int32_t length : {tokens - start + 1, INT32_MAX}) {
      expect_fault(with(at, start, length), SURPRISAL_FAULT_SEQUENCE, int64_t(at), start, length);
    }
    for (int32_t before : {-1, INT32_MIN}) {
      expect_fault(with(at, before, 1), SURPRISAL_FAULT_SEQUENCE, int64_t(at), before, 1);
    }
    expect_fault(with(at, tokens, 1), SURPRISAL_FAULT_SEQUENCE, int64_t(at), tokens, 1);
  }
  int32_t inside = good.starts[4] + good.lengths[4] - 1;
  expect_fault(with(5, inside, 1), SURPRISAL_FAULT_SEQUENCE, 5, inside, 1);
}

TEST(lists_that_do_not_fit_are_reported_and_nothing_is_written) {
  Batch good = batch_of(std::vector<int>(1200, 2), 3, 11);
  int32_t sequences = int32_t(good.starts.size());
  auto with = [&](size_t at, int32_t value) {
    Batch b = good;
    b.lists[at] = value;
    return b;
  };
  for (int32_t value : {1, -1, 2}) expect_fault(with(0, value), SURPRISAL_FAULT_LIST, 0, value, 0);
  for (int32_t value : {sequences - 1, sequences + 2, INT32_MAX, INT32_MIN, 0}) {
    expect_fault(with(1200, value), SURPRISAL_FAULT_LIST, 1200, value, 0);
  }
  // One hypothesis, none, fewer than none.
  for (int32_t value : {1199, 1198, -5}) expect_fault(with(600, value), SURPRISAL_FAULT_LIST, 600, value, 0);
  // The list that is too long leaves its neighbour none.
  expect_fault(with(600, INT32_MAX), SURPRISAL_FAULT_LIST, 601, 1202, 0);
}

TEST(costs_that_are_no_numbers_are_reported_and_nothing_is_written) {
  Batch good = batch_of({3, 2}, 3, 12);
  for (float cost : {NAN, INFINITY, -INFINITY}) {
    Batch b = good;
    b.costs[4] = b.costs[3] = cost;
    expect_fault(b, SURPRISAL_FAULT_COST, 3, cost, 0);
  }
}

TEST(options_of_sequences_outside_their_range_are_refused) {
  Call call(batch_of({2}, 3, 13));
  for (const Options& o :
       {Options{2, 1, 0}, Options{-1, 1, 0}, Options{0, 0, 0}, Options{0, NAN, 0}, Options{0, INFINITY, 0},
        Options{1, 1, -1}, Options{1, 1, NAN}, Options{1, 1, INFINITY}, Options{0, 1, 0, false, -1},
        Options{0, 1, 0, false, NAN}, Options{0, 1, 0, false, INFINITY}}) {
    EXPECT(call.run(o) == SURPRISAL_INVALID_ARGUMENT);
  }
}

TEST(after_a_fault_no_list_is_judged) {
  Call call(batch_of({2, 3}, 3, 14));
  surprisal_fault earlier{SURPRISAL_FAULT_TOKEN, 7, 3, 9};
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  std::vector<int32_t> lists = {5, 6, 7};
  call.lists.write(lists);  // nor looked at
  CHECK(call.run({}));
  surprisal_fault fault = take_fault();
  EXPECT(fault.kind == SURPRISAL_FAULT_TOKEN && fault.position == 3);
  for (float value : call.grad_losses.read()) EXPECT(std::isnan(value));
}
