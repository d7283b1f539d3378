#include <climits>
#include <cmath>

#include "kernel_test.h"

using namespace test;

namespace {
struct Options {
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, max_norm = INFINITY;
};

struct Adam {
  Array<float> p, g, m, v, rate, norm;
  Array<int32_t> step;
  Array<char> workspace;

  Adam(const std::vector<float>& start, const std::vector<float>& gradients, float learning_rate, int32_t steps,
       size_t skew = 0)
      : p(start, skew),
        g(gradients, skew),
        m(std::vector<float>(start.size(), 0), skew),
        v(std::vector<float>(start.size(), 0), skew),
        rate(std::vector<float>{learning_rate}),
        norm(std::vector<float>{0}),
        step(std::vector<int32_t>{steps}),
        workspace(surprisal_adam_workspace()) {}

  void run(const Options& o, bool clip = false) {
    const surprisal_adam_step adam_step = {g.data(),
                                           rate.data(),
                                           clip ? norm.data() : nullptr,
                                           p.data(),
                                           m.data(),
                                           v.data(),
                                           step.data(),
                                           int64_t(p.count()),
                                           o.beta1,
                                           o.beta2,
                                           o.eps,
                                           o.weight_decay,
                                           o.max_norm};
    CHECK(surprisal_adam(&adam_step, workspace.data(), stream()));
  }
};

// The formula in double, and in float as the CPU device rounds it.
template <class T>
struct Reference {
  std::vector<T> p, m, v;

  explicit Reference(const std::vector<float>& start) : p(start.begin(), start.end()), m(p.size()), v(p.size()) {}

  void step(const std::vector<float>& gradients, double rate, double clip, int t, const Options& o) {
    T size = T(rate / (1 - std::pow(o.beta1, t)));
    T root = T(std::sqrt(1 - std::pow(o.beta2, t)));
    for (size_t i = 0; i < p.size(); i++) {
      T scaled = T(gradients[i]) * T(clip);
      T decay = p[i] * T(o.weight_decay);
      T g = scaled + decay;
      T change = T(1 - o.beta1) * (g - m[i]);
      m[i] += change;
      T kept = v[i] * T(o.beta2);
      T square = T(1 - o.beta2) * g * g;
      v[i] = kept + square;
      T denominator = std::sqrt(v[i]) / root + T(o.eps);
      p[i] -= size * m[i] / denominator;
    }
  }
};
}  // namespace

TEST(parameters_and_moments_follow_the_formula_step_by_step) {
  for (size_t count : {1, 3, 4, 5, 1023, 1025, 4096, 4099, 40001}) {
    Options options;
    options.weight_decay = 0.1;
    std::vector<float> start = normal(1, count);
    Reference<double> expected(start);
    Adam adam(start, start, 0.01f, 0);
    for (int t = 1; t <= 4; t++) {
      std::vector<float> gradients = normal(10 + t, count);
      adam.g.write(gradients);
      adam.run(options);
      expected.step(gradients, 0.01f, 1, t, options);
      EXPECT(adam.step.read()[0] == t);
    }
    expect_close("parameters of " + std::to_string(count), expected.p, adam.p.read());
    expect_close("moments of " + std::to_string(count), expected.m, adam.m.read());
    expect_close("squares of " + std::to_string(count), expected.v, adam.v.read());
  }
}

TEST(every_product_and_sum_is_rounded_as_the_cpu_device_rounds_it) {
  std::vector<float> start = normal(1, 5003), gradients = normal(2, 5003);
  for (size_t skew : {0, 1, 2, 3}) {
    Options options;
    options.weight_decay = 0.01;
    options.max_norm = 0.5;
    Reference<float> expected(start);
    Adam adam(start, gradients, 0.003f, 0, skew);
    adam.norm.write({2});
    for (int t = 1; t <= 3; t++) {
      adam.run(options, true);
      expected.step(gradients, 0.003f, 0.5 / (2 + 1e-6), t, options);
    }
    expect_same("parameters", expected.p, adam.p.read());
    expect_same("moments", expected.m, adam.m.read());
    expect_same("squares", expected.v, adam.v.read());
    expect_same("gradients", gradients, adam.g.read());
  }
}

TEST(clipping_adds_a_millionth_to_the_norm_and_never_enlarges) {
  Options options;
  options.max_norm = 1e-6;
  Adam small({0}, {1e-6f}, 0.1f, 0);
  small.norm.write({1e-6f});
  small.run(options, true);
  expect_close("moment", {0.1 * 0.5e-6}, small.m.read(), 1e-6, 0);
  options.max_norm = 100;
  Adam large({0}, {2}, 0.1f, 0);
  large.norm.write({2});
  large.run(options, true);
  expect_close("moment", {0.2}, large.m.read(), 1e-6, 0);
}

TEST(a_norm_that_is_no_number_shows_in_the_parameters) {
  Options options;
  options.max_norm = 1;
  Adam adam({1}, {2}, 0.1f, 0);
  adam.norm.write({NAN});
  adam.run(options, true);
  EXPECT(std::isnan(adam.p.read()[0]));
}

TEST(step_and_learning_rate_are_read_on_the_device) {
  Adam adam({1, 2, 3}, {0.5f, -0.5f, 2}, 1, 99999);
  adam.m.write({0.1f, 0.2f, 0.3f});
  adam.v.write({0.01f, 0.02f, 0.03f});
  adam.rate.write({0.25f});
  adam.run(Options());
  Reference<double> expected({1, 2, 3});
  expected.m = {0.1f, 0.2f, 0.3f};
  expected.v = {0.01f, 0.02f, 0.03f};
  expected.step({0.5f, -0.5f, 2}, 0.25, 1, 100000, Options());
  expect_close("parameters", expected.p, adam.p.read());
  EXPECT(adam.step.read()[0] == 100000);
}

TEST(the_last_step_that_an_int_counts_is_not_passed) {
  Adam adam({1}, {1}, 0.5f, INT_MAX);
  adam.run(Options());
  EXPECT(adam.step.read()[0] == INT_MAX);
  EXPECT(std::isfinite(adam.p.read()[0]) && adam.p.read()[0] < 1);
}

TEST(there_may_be_no_parameters) {
  Adam adam({}, {}, 0.1f, 4);
  adam.run(Options());
  EXPECT(adam.step.read()[0] == 5);
}

TEST(a_parameter_without_gradient_stays_as_it_is) {
  std::vector<float> start = {0, -0.0f, 3, 1e-30f, 1e-40f};
  Adam adam(start, {0, 0, 0, 0, 0}, 0.1f, 0);
  adam.run(Options());
  expect_same("parameters", start, adam.p.read());
}

BRIEF_TEST(a_gradient_that_is_no_number_shows_in_its_parameter_alone) {
  Adam adam({1, 1}, {NAN, 0}, 0.1f, 0);
  adam.run(Options());
  EXPECT(std::isnan(adam.p.read()[0]) && adam.p.read()[1] == 1);
}

TEST(adam_writes_nothing_behind_its_parameters) {
  std::vector<float> start = normal(1, 1030);
  Adam adam(start, start, 0.1f, 0);
  Options o;
  const surprisal_adam_step adam_step = {adam.g.data(),
                                         adam.rate.data(),
                                         nullptr,
                                         adam.p.data(),
                                         adam.m.data(),
                                         adam.v.data(),
                                         adam.step.data(),
                                         1025,
                                         o.beta1,
                                         o.beta2,
                                         o.eps,
                                         0,
                                         o.max_norm};
  CHECK(surprisal_adam(&adam_step, adam.workspace.data(), stream()));
  std::vector<float> p = adam.p.read(), m = adam.m.read(), v = adam.v.read();
  for (int i = 1025; i < 1030; i++) EXPECT(p[i] == start[i] && m[i] == 0 && v[i] == 0);
  EXPECT(p[1024] != start[1024]);
}

TEST(constants_outside_their_range_are_refused) {
  Adam adam({1}, {1}, 0.1f, 0);
  auto refused = [&](double beta1, double beta2, double eps, double decay, double max_norm) {
    const surprisal_adam_step adam_step = {adam.g.data(),
                                           adam.rate.data(),
                                           nullptr,
                                           adam.p.data(),
                                           adam.m.data(),
                                           adam.v.data(),
                                           adam.step.data(),
                                           1,
                                           beta1,
                                           beta2,
                                           eps,
                                           decay,
                                           max_norm};
    return surprisal_adam(&adam_step, adam.workspace.data(), stream()) == SURPRISAL_INVALID_ARGUMENT;
  };
  EXPECT(refused(1, 0.999, 1e-8, 0, 1) && refused(-0.1, 0.999, 1e-8, 0, 1) && refused(NAN, 0.999, 1e-8, 0, 1));
  EXPECT(refused(0.9, 1, 1e-8, 0, 1) && refused(0.9, 0.999, -1, 0, 1) && refused(0.9, 0.999, 1e-8, -1, 1));
  EXPECT(refused(0.9, 0.999, 1e-8, 0, 0) && refused(0.9, 0.999, 1e-8, 0, NAN));
  EXPECT(adam.step.read()[0] == 0 && adam.p.read()[0] == 1);
}
