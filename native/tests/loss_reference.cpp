#include "loss_reference.h"

#include <memory>
#include <random>

#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

namespace test {
namespace {
template <class T>
std::unique_ptr<Array<T>> optional(const std::vector<T>& values, size_t skew = 0) {
  return values.empty() ? nullptr : std::unique_ptr<Array<T>>(new Array<T>(values, skew));
}

template <class T>
T* pointer(const std::unique_ptr<Array<T>>& array) {
  return array ? array->data() : nullptr;
}

std::vector<float> read(const std::unique_ptr<Array<float>>& array) {
  return array ? array->read() : std::vector<float>();
}
}  // namespace

LossResult run_loss(const LossCall& call, const LossFunction& function) {
  Array<float> logits(call.logits, call.skew);
  auto positions = optional(call.positions);
  auto upstream = optional(call.upstream);
  auto divisor = optional(call.divisor);
  bool apart = call.where == Gradient::apart;
  auto gradient = optional(std::vector<float>(apart ? call.logits.size() : 0, kUntouched), call.gradient_skew);
  std::vector<float> untouched(call.token_count(), kUntouched);
  Array<float> losses(untouched);
  auto statistic = [&](bool wanted) { return optional(wanted ? untouched : std::vector<float>()); };
  auto log_sum_exp = statistic(call.statistics), entropy = statistic(call.statistics);
  auto log_probability = statistic(call.statistics && call.of_classes);
  auto correct = statistic(call.statistics && call.of_classes);
  auto argmax = optional(std::vector<int32_t>(call.statistics ? untouched.size() : 0, int32_t(kUntouched)));

  surprisal_loss_rows rows = {};
  rows.logits = logits.data();
  rows.positions = pointer(positions);
  rows.grad_losses = pointer(upstream);
  rows.divisor = pointer(divisor);
  rows.losses = losses.data();
  rows.grad_logits = call.where == Gradient::in_place ? logits.data() : pointer(gradient);
  rows.log_sum_exp = pointer(log_sum_exp);
  rows.log_probability = pointer(log_probability);
  rows.entropy = pointer(entropy);
  rows.correct = pointer(correct);
  rows.argmax = pointer(argmax);
  rows.rows = int64_t(call.rows());
  rows.tokens = int64_t(call.token_count());
  rows.classes = call.classes;
  rows.scale = call.scale;
  rows.soft_cap = call.soft_cap;
  rows.z_loss = call.z_loss;
  rows.confidence_penalty = call.confidence_penalty;
  Array<char> workspace(size_t(surprisal_loss_workspace(rows.rows, rows.classes)));
  CHECK(function(rows, workspace.data()));
  CHECK(cudaDeviceSynchronize());

  LossResult result;
  result.losses = losses.read();
  result.logits = logits.read();
  if (call.where == Gradient::in_place) result.gradient = result.logits;
  if (gradient) result.gradient = gradient->read();
  result.log_sum_exp = read(log_sum_exp);
  result.log_probability = read(log_probability);
  result.entropy = read(entropy);
  result.correct = read(correct);
  if (argmax) {
    std::vector<int32_t> classes = argmax->read();
    result.argmax.assign(classes.begin(), classes.end());
  }
  return result;
}

Softmax softmax_of(const std::vector<double>& z) {
  Softmax softmax;
  softmax.z = z;
  double max = -INFINITY, sum = 0;
  for (size_t v = 0; v < z.size(); v++) {
    if (z[v] > max) softmax.argmax = int(v);
    max = std::max(max, z[v]);
  }
  for (double logit : z) sum += std::exp(logit - max);
  softmax.log_sum_exp = max + std::log(sum);
  for (double logit : z) {
    double log_q = logit - max - std::log(sum), q = std::exp(log_q);
    softmax.log_q.push_back(log_q);
    softmax.q.push_back(q);
    if (q > 0) softmax.entropy -= q * log_q;
  }
  return softmax;
}

LossExpected expected_of(const LossCall& call, const LossDefinition& definition) {
  size_t classes = size_t(call.classes);
  std::vector<double> untouched(call.token_count(), kUntouched);
  LossExpected expected = {
      untouched, std::vector<double>(call.logits.size()), untouched, untouched, untouched, untouched, untouched};
  for (size_t n = 0; n < call.rows(); n++) {
    size_t token = call.token(n);
    const float* logits = &call.logits[n * classes];
    std::vector<double> z(classes), slope(classes, call.scale);
    for (size_t v = 0; v < classes; v++) {
      z[v] = double(call.scale) * double(logits[v]);
      if (call.soft_cap > 0 && !std::isinf(logits[v])) {
        double tanh = std::tanh(z[v] / call.soft_cap);
        z[v] = call.soft_cap * tanh;
        slope[v] *= 1 - tanh * tanh;
      }
    }
    Softmax q = softmax_of(z);
    int target = definition.target(token);
    expected.log_sum_exp[token] = q.log_sum_exp;
    expected.entropy[token] = q.entropy;
    expected.argmax[token] = q.argmax;
    expected.correct[token] = target == q.argmax ? 1 : 0;
    expected.log_probability[token] = target < 0 ? 0 : q.log_q[size_t(target)];
    expected.losses[token] = 0;
    if (target == kIgnoredRow) continue;
    std::vector<double> gradient(classes, 0);
    double loss = definition.loss(n, token, q, gradient);
    if (call.z_loss > 0) loss += double(call.z_loss) * q.log_sum_exp * q.log_sum_exp;
    expected.losses[token] = loss - double(call.confidence_penalty) * q.entropy;
    double factor = call.upstream.empty() ? 1 : double(call.upstream[token]);
    if (!call.divisor.empty()) factor = call.divisor[0] == 0 ? 0 : factor / double(call.divisor[0]);
    for (size_t v = 0; v < classes; v++) {
      if (q.q[v] > 0) {
        gradient[v] += 2 * double(call.z_loss) * q.log_sum_exp * q.q[v] +
                       double(call.confidence_penalty) * q.q[v] * (q.log_q[v] + q.entropy);
      }
      expected.gradient[n * classes + v] = factor * gradient[v] * slope[v];
    }
  }
  return expected;
}

void expect_right(const std::string& name, const LossCall& call, const LossFunction& function,
                  const LossDefinition& definition, double rtol, double atol) {
  LossExpected expected = expected_of(call, definition);
  LossResult result = run_loss(call, function);
  expect_close("losses of " + name, expected.losses, result.losses, rtol, atol);
  if (call.where != Gradient::none) {
    expect_close("gradient of " + name, expected.gradient, result.gradient, rtol, atol);
  }
  if (!call.statistics) return;
  expect_close("log-sum-exp of " + name, expected.log_sum_exp, result.log_sum_exp, rtol, atol);
  expect_close("entropy of " + name, expected.entropy, result.entropy, rtol, atol);
  expect_close("argmax of " + name, expected.argmax, result.argmax, 0, 0);
  if (!call.of_classes) return;
  expect_close("log-probability of " + name, expected.log_probability, result.log_probability, rtol, atol);
  expect_close("correct of " + name, expected.correct, result.correct, 0, 0);
}

void expect_refused(const LossCall& call, const LossFunction& function, int kind, int64_t position, double value,
                    int64_t classes) {
  LossResult result = run_loss(call, function);
  surprisal_fault fault = take_fault();
  if (fault.kind != kind || fault.position != position || fault.classes != classes) {
    fail("expected fault %d at %lld, found %d at %lld of %d", kind, static_cast<long long>(position), fault.kind,
         static_cast<long long>(fault.position), fault.classes);
  }
  bool same =
      fault.value == value || (std::isnan(value) && std::isnan(fault.value)) || std::fabs(fault.value - value) < 1e-6;
  if (!same) fail("expected the value %g, found %g", value, fault.value);
  std::vector<float> untouched(call.token_count(), kUntouched);
  expect_same("losses", untouched, result.losses);
  expect_same("logits", call.logits, result.logits);
  if (call.where == Gradient::apart) {
    expect_same("gradient", std::vector<float>(call.logits.size(), kUntouched), result.gradient);
  }
  if (!call.statistics) return;
  for (const std::vector<float>* statistic : {&result.log_sum_exp, &result.entropy, &result.argmax}) {
    expect_same("statistics", untouched, *statistic);
  }
}

std::vector<std::pair<std::string, LossCall>> with_row_options(const LossCall& call) {
  std::vector<std::pair<std::string, LossCall>> calls;
  auto with = [&](const char* name, const std::function<void(LossCall&)>& change) {
    calls.emplace_back(name, call);
    change(calls.back().second);
  };
  auto scatter = [](LossCall& to) {
    // Every other token from the last on.
    to.tokens = 2 * to.rows() + 1;
    for (size_t n = 0; n < to.rows(); n++) to.positions.push_back(int32_t(2 * (to.rows() - n)));
  };
  with("no options", [](LossCall&) {});
  with("a scale", [](LossCall& to) { to.scale = 0.7f; });
  with("a cap", [](LossCall& to) { to.soft_cap = 4; });
  with("a z-loss", [](LossCall& to) { to.z_loss = 0.05f; });
  with("a confidence penalty", [](LossCall& to) { to.confidence_penalty = 0.3f; });
  with("statistics", [](LossCall& to) { to.statistics = true; });
  with("positions", scatter);
  with("what arrives", [](LossCall& to) {
    to.upstream = normal(9, to.token_count());
    to.divisor = {7};
  });
  with("a divisor of 0", [](LossCall& to) { to.divisor = {0}; });
  with("everything", [&](LossCall& to) {
    scatter(to);
    to.upstream = normal(9, to.token_count());
    to.divisor = {3};
    to.scale = 1.3f;
    to.soft_cap = 6;
    to.z_loss = 0.02f;
    to.confidence_penalty = 0.1f;
    to.statistics = true;
    to.where = Gradient::in_place;
  });
  return calls;
}

std::vector<float> distributions(uint64_t seed, size_t rows, int classes) {
  std::mt19937_64 words(seed);
  std::vector<float> all(rows * size_t(classes));
  for (size_t n = 0; n < rows; n++) {
    std::vector<double> parts(static_cast<size_t>(classes));
    double sum = 0;
    for (double& part : parts) sum += part = double((words() >> 11) + 1) * 0x1p-53;
    for (int v = 0; v < classes; v++) all[n * size_t(classes) + size_t(v)] = float(parts[size_t(v)] / sum);
  }
  return all;
}

void in_every_layout(int classes, const std::function<void(const std::string&)>& body) {
  std::string name = std::to_string(classes) + " classes";
  body(name);
#if SURPRISAL_EMULATED
  if (classes <= 1024) return;
  emulator::DeviceModel usual = emulator::device_model();
  for (unsigned ranks = 1; ranks <= 16; ranks *= 2) {
    // Just enough shared memory for three blocks of such a cluster on a multiprocessor, or less of one that needs more.
    emulator::DeviceModel model = usual;
    model.multiprocessors = 16;
    model.shared_bytes = 3 * (4 * (size_t(classes) / ranks + 11) + 1280 + 1024) - 1024;
    if (model.shared_bytes > usual.shared_bytes) continue;
    emulator::set_device_model(model);
    body(name + ", " + std::to_string(ranks) + " blocks");
  }
  emulator::DeviceModel old = usual;
  old.major = 8;
  old.minor = 0;
  old.shared_bytes = 4608 + size_t(classes) / 8;  // less than the shortest row, enough for all else
  emulator::set_device_model(old);
  body(name + ", no clusters");
  emulator::set_device_model(usual);
#endif
}
}  // namespace test
