#include <climits>
#include <cmath>
#include <numeric>

#include "kernel_test.h"

using namespace test;

namespace {
struct Inputs {
  int64_t rows;
  int32_t samples_count, classes;
  int kind;
  std::vector<float> logits, target_logits, log_probabilities, upstream;
  std::vector<int32_t> targets, samples, positions;
  int64_t tokens;
  float divisor = 3;
  bool has_positions = false;

  Inputs(int kind, int64_t rows, int32_t samples_count, int32_t classes)
      : rows(rows),
        samples_count(samples_count),
        classes(classes),
        kind(kind),
        logits(normal(1, size_t(rows) * samples_count, 2)),
        target_logits(normal(2, rows, 2)),
        log_probabilities(classes),
        targets(integers(3, rows, classes)),
        samples(integers(4, samples_count, classes)),
        tokens(rows) {
    std::vector<float> weights = normal(5, classes);
    double sum = 0;
    for (float weight : weights) sum += std::exp(double(weight));
    for (int v = 0; v < classes; v++) log_probabilities[v] = float(weights[v] - std::log(sum));
  }
  // Rows belong to every other token, the last first.
  Inputs& scattered() {
    has_positions = true;
    tokens = 2 * rows + 1;
    for (int64_t n = 0; n < rows; n++) positions.push_back(int32_t(2 * (rows - n)));
    upstream = normal(6, tokens);
    return *this;
  }
  double correction(int32_t v) const {
    return log_probabilities[v] + std::log(double(samples_count));
  }
};

template <class T>
struct Results {
  std::vector<T> losses, logits, target_logits;
};

double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

Results<double> expected_of(const Inputs& in) {
  Results<double> out{std::vector<double>(in.tokens, -7), std::vector<double>(in.logits.size()),
                      std::vector<double>(in.rows)};
  for (int64_t n = 0; n < in.rows; n++) {
    int64_t token = in.has_positions ? in.positions[n] : n;
    double factor = in.divisor == 0 ? 0 : (in.upstream.empty() ? 1 : in.upstream[token]) / double(in.divisor);
    const float* z = in.logits.data() + n * in.samples_count;
    double* gradient = out.logits.data() + n * in.samples_count;
    double own = in.target_logits[n], loss = 0;
    if (in.kind == SURPRISAL_SAMPLED_SOFTMAX) {
      double max = own, rest = 0;
      auto term = [&](int s) {
        return in.samples[s] == in.targets[n] ? -INFINITY : z[s] - in.correction(in.samples[s]);
      };
      for (int s = 0; s < in.samples_count; s++) max = std::max(max, term(s));
      for (int s = 0; s < in.samples_count; s++) rest += std::exp(term(s) - max);
      double sum = rest + std::exp(own - max);
      for (int s = 0; s < in.samples_count; s++) gradient[s] = factor * std::exp(term(s) - max) / sum;
      out.target_logits[n] = -factor * rest / sum;
      loss = (max - own) + (max == own ? std::log1p(rest) : std::log(sum));
    } else {
      for (int s = 0; s < in.samples_count; s++) {
        double x = z[s] - in.correction(in.samples[s]);
        loss += softplus(x);
        gradient[s] = factor / (1 + std::exp(-x));
      }
      double x = own - in.correction(in.targets[n]);
      loss += softplus(-x);
      out.target_logits[n] = -factor / (1 + std::exp(x));
    }
    out.losses[token] = loss;
  }
  return out;
}

Results<float> found_of(const Inputs& in, size_t skew = 0) {
  Array<float> logits(in.logits, skew), own(in.target_logits, skew), losses(std::vector<float>(in.tokens, -7), skew);
  Array<float> probabilities(in.log_probabilities, skew), upstream(in.upstream, skew);
  Array<float> divisor(std::vector<float>{in.divisor}, skew);
  Array<int32_t> targets(in.targets, skew), samples(in.samples, skew), positions(in.positions, skew);
  Array<char> workspace(surprisal_sampled_loss_workspace(in.samples_count));
  const surprisal_sampled_rows sampled = {targets.data(),
                                          samples.data(),
                                          probabilities.data(),
                                          in.has_positions ? positions.data() : nullptr,
                                          in.upstream.empty() ? nullptr : upstream.data(),
                                          in.divisor == 1 ? nullptr : divisor.data(),
                                          logits.data(),
                                          own.data(),
                                          losses.data(),
                                          in.rows,
                                          in.tokens,
                                          in.samples_count,
                                          in.classes};
  CHECK(surprisal_sampled_loss(&sampled, workspace.data(), in.kind, stream()));
  return {losses.read(), logits.read(), own.read()};
}

void expect_right(const std::string& what, const Inputs& in) {
  Results<double> expected = expected_of(in);
  Results<float> found = found_of(in);
  double wider = std::sqrt(std::max(1.0, in.samples_count / 64.0));
  expect_close("losses " + what, expected.losses, found.losses, wider * kRtol, wider * kAtol);
  expect_close("gradient of the logits " + what, expected.logits, found.logits);
  expect_close("gradient of the targets " + what, expected.target_logits, found.target_logits);
  for (size_t skew : {1, 2, 3}) {
    Results<float> elsewhere = found_of(in, skew);
    expect_same("losses elsewhere " + what, found.losses, elsewhere.losses);
    expect_same("gradient elsewhere " + what, found.logits, elsewhere.logits);
    expect_same("gradient of the targets elsewhere " + what, found.target_logits, elsewhere.target_logits);
  }
}

constexpr int kKinds[] = {SURPRISAL_SAMPLED_SOFTMAX, SURPRISAL_SAMPLED_NCE};
}  // namespace

TEST(sampled_losses_and_their_gradients_are_those_of_the_formulas) {
  for (int kind : kKinds) {
    for (int32_t samples : {1, 2, 31, 33, 255, 256, 257, 1000}) {
      for (int64_t rows : {0, 1, 3, 40}) {
        std::string what = "of kind " + std::to_string(kind) + ", " + std::to_string(samples) + " samples";
        expect_right(what, Inputs(kind, rows, samples, 37));
        expect_right(what + ", scattered", Inputs(kind, rows, samples, 37).scattered());
      }
    }
  }
}

TEST(more_samples_than_the_registers_of_a_block_hold_are_read_again) {
  for (int kind : kKinds) {
    for (int32_t samples : {8192, 8193, 16385, 20000}) {
      expect_right(std::to_string(samples) + " samples", Inputs(kind, 3, samples, 50000).scattered());
    }
  }
}

TEST(more_rows_than_blocks_are_worked_on_one_after_the_other) {
  for (int kind : kKinds) expect_right("of many rows", Inputs(kind, 6000, 5, 11).scattered());
}

TEST(samples_that_are_the_target_are_left_out_of_the_softmax_and_stay_noise) {
  Inputs in(SURPRISAL_SAMPLED_SOFTMAX, 4, 6, 5);
  in.samples = {2, 2, 2, 2, 2, 2};
  in.targets = {2, 1, 2, 3};
  in.divisor = 1;
  Results<float> found = found_of(in);
  EXPECT(found.losses[0] == 0 && found.target_logits[0] == 0 && found.losses[1] > 0);
  for (int s = 0; s < 6; s++) EXPECT(found.logits[s] == 0 && found.logits[6 + s] > 0);
  expect_right("with hits", in);
  in.kind = SURPRISAL_SAMPLED_NCE;
  for (float gradient : found_of(in).logits) EXPECT(gradient > 0);
  expect_right("with hits", in);
}

BRIEF_TEST(an_almost_certain_target_keeps_its_digits) {
  for (int kind : kKinds) {
    Inputs in(kind, 1, 40, 50);
    in.targets = {49};
    in.samples = std::vector<int32_t>(40);
    std::iota(in.samples.begin(), in.samples.end(), 0);
    in.target_logits = {30};
    in.logits = normal(1, 40, 0.1);
    for (float& logit : in.logits) logit -= 20;
    Results<double> expected = expected_of(in);
    Results<float> found = found_of(in);
    // What a difference of logits near 50 is rounded to is a relative error of its exponential.
    expect_close("loss", expected.losses, found.losses, 50 * 0x1p-23, 0);
    expect_close("gradient of the logits", expected.logits, found.logits, 50 * 0x1p-23, 0);
    expect_close("gradient of the target", expected.target_logits, found.target_logits, 50 * 0x1p-23, 0);
  }
}

TEST(large_logits_cost_sampled_softmax_no_digits) {
  Inputs in(SURPRISAL_SAMPLED_SOFTMAX, 2, 1, 4);
  in.targets = {0, 1};
  in.samples = {2};
  in.log_probabilities = std::vector<float>(4, 0);
  in.target_logits = {0x1p24f, -0x1p24f};
  in.logits = {0x1p24f, -0x1p24f};
  in.divisor = 1;
  Results<float> found = found_of(in);
  for (float loss : found.losses) EXPECT(std::fabs(loss - std::log(2.0)) < 1e-7);
  for (float gradient : found.logits) EXPECT(std::fabs(gradient - 0.5) < 1e-7);
  in.logits = {0x1p24f + 100, -0x1p24f - 200};
  expect_right("far apart", in);
  // Less than the distance of logits of that size.
  in.logits = in.target_logits;
  in.log_probabilities = std::vector<float>(4, -0.625f);
  expect_right("with a correction", in);
}

TEST(a_masked_sample_takes_no_part_and_a_masked_target_costs_infinitely_much) {
  for (int kind : kKinds) {
    Inputs in(kind, 2, 300, 1000);
    for (size_t i = 0; i < in.logits.size(); i += 3) in.logits[i] = -INFINITY;
    expect_right("with masked samples", in);
    in.target_logits[1] = -INFINITY;
    Results<float> found = found_of(in);
    EXPECT(found.losses[1] == INFINITY && found.losses[0] < 1000);
    expect_close("gradient of the target", {-1.0 / in.divisor}, {found.target_logits[1]});
    double sum = std::accumulate(found.logits.begin() + 300, found.logits.end(), 0.0);
    if (kind == SURPRISAL_SAMPLED_SOFTMAX) EXPECT(std::fabs(sum - 1.0 / in.divisor) < 1e-5);
  }
}

TEST(what_is_no_number_makes_the_loss_none) {
  for (int kind : kKinds) {
    for (bool of_target : {false, true}) {
      Inputs in(kind, 2, 70, 1000);
      (of_target ? in.target_logits[1] : in.logits[70 + 69]) = NAN;
      Results<float> found = found_of(in);
      EXPECT(std::isnan(found.losses[1]) && std::isfinite(found.losses[0]));
    }
  }
}

TEST(a_divisor_of_0_leaves_no_gradient) {
  for (int kind : kKinds) {
    Inputs in(kind, 3, 9, 20);
    in.divisor = 0;
    Results<float> found = found_of(in);
    for (float gradient : found.logits) EXPECT(gradient == 0);
    for (float gradient : found.target_logits) EXPECT(gradient == 0);
    for (float loss : found.losses) EXPECT(loss > 0);
  }
}

TEST(the_first_target_sample_or_position_out_of_range_is_reported_and_nothing_is_written) {
  for (int kind : kKinds) {
    for (int which : {SURPRISAL_FAULT_TARGET, SURPRISAL_FAULT_SAMPLE, SURPRISAL_FAULT_POSITION}) {
      for (int32_t outside : {-1, 5000, INT_MAX, INT_MIN}) {
        Inputs in(kind, 1500, 1200, 37);
        in.scattered();
        std::vector<int32_t>& wrong = which == SURPRISAL_FAULT_TARGET   ? in.targets
                                      : which == SURPRISAL_FAULT_SAMPLE ? in.samples
                                                                        : in.positions;
        wrong[1100] = outside;
        wrong[1150] = -9;
        Results<float> found = found_of(in);
        surprisal_fault fault = take_fault();
        int64_t classes = which == SURPRISAL_FAULT_POSITION ? in.tokens : in.classes;
        EXPECT(fault.kind == which && fault.position == 1100 && fault.value == outside && fault.classes == classes);
        expect_same("logits", in.logits, found.logits);
        expect_same("logits of targets", in.target_logits, found.target_logits);
        expect_same("losses", std::vector<float>(in.tokens, -7), found.losses);
      }
    }
  }
}

TEST(samples_are_checked_where_there_are_no_rows) {
  Inputs in(SURPRISAL_SAMPLED_SOFTMAX, 0, 3, 5);
  in.samples[2] = 5;
  found_of(in);
  EXPECT(take_fault().kind == SURPRISAL_FAULT_SAMPLE);
}

TEST(sizes_and_kinds_that_make_no_sampled_loss_are_refused) {
  Array<char> room(256);
  float* floats = reinterpret_cast<float*>(room.data());
  int32_t* ints = reinterpret_cast<int32_t*>(room.data());
  auto status = [&](const int32_t* positions, int64_t rows, int64_t tokens, int32_t samples, int32_t classes,
                    int kind) {
    const surprisal_sampled_rows sampled = {ints,   ints,   floats, positions, nullptr, nullptr, floats,
                                            floats, floats, rows,   tokens,    samples, classes};
    return surprisal_sampled_loss(&sampled, room.data(), kind, stream());
  };
  EXPECT(status(nullptr, -1, -1, 1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, 1, 1, 0, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, 1, 1, 1, 0, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, 1, 2, 1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(ints, 1, int64_t(1) << 31, 1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(ints, 2, 1, 1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(status(nullptr, 1, 1, 1, 1, 2) == SURPRISAL_INVALID_ARGUMENT);
}
