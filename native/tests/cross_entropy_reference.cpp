#include "cross_entropy_reference.h"

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
}  // namespace

CrossEntropyResult run(const CrossEntropyCall& call) {
  size_t rows = call.rows();
  Array<float> logits(call.logits, call.skew);
  Array<float> losses(std::vector<float>(rows, kUntouched));
  Array<float> total(std::vector<float>(1, kUntouched));
  auto weights = optional(call.weights);
  auto upstream = optional(call.upstream);
  auto probabilities = optional(call.probabilities, call.skew);
  auto targets = optional(call.targets);
  bool apart = call.where == Gradient::apart;
  auto gradient = optional(std::vector<float>(apart ? call.logits.size() : 0, kUntouched), call.gradient_skew);
  float* gradient_data = call.where == Gradient::in_place ? logits.data() : pointer(gradient);
  float* total_data = call.reduction == SURPRISAL_REDUCTION_NONE ? nullptr : total.data();
  Array<char> workspace((size_t)surprisal_cross_entropy_workspace((int64_t)rows, call.classes));
  if (!call.probabilities.empty()) {
    CHECK(surprisal_cross_entropy_soft(logits.data(), probabilities->data(), pointer(weights), pointer(upstream),
                                       losses.data(), total_data, gradient_data, workspace.data(), (int64_t)rows,
                                       call.classes, call.smoothing, call.reduction, call.token_count, stream()));
  } else {
    CHECK(surprisal_cross_entropy(logits.data(), pointer(targets), pointer(weights), pointer(upstream), losses.data(),
                                  total_data, gradient_data, workspace.data(), (int64_t)rows, call.classes,
                                  call.ignored, call.smoothing, call.reduction, call.token_count, stream()));
  }
  CHECK(cudaDeviceSynchronize());
  CrossEntropyResult result;
  result.losses = losses.read();
  result.logits = logits.read();
  if (total_data != nullptr) result.total = total.read();
  if (call.where == Gradient::in_place) result.gradient = result.logits;
  if (apart && gradient) result.gradient = gradient->read();
  return result;
}

CrossEntropyExpected expected_of(const CrossEntropyCall& call) {
  size_t rows = call.rows();
  int classes = call.classes;
  bool soft = !call.probabilities.empty();
  double s = call.smoothing;
  auto weight = [&](int v) { return call.weights.empty() ? 1.0 : (double)call.weights[(size_t)v]; };
  CrossEntropyExpected expected;
  expected.losses.assign(rows, 0);
  expected.gradient.assign(call.logits.size(), 0);
  double divisor = 0;
  for (size_t n = 0; n < rows; n++) {
    if (soft) divisor += 1;
    if (!soft && call.targets[n] != call.ignored) divisor += weight(call.targets[n]);
  }
  if (call.token_count > 0) divisor = (double)call.token_count;
  if (call.reduction != SURPRISAL_REDUCTION_MEAN) divisor = 1;
  for (size_t n = 0; n < rows; n++) {
    if (!soft && call.targets[n] == call.ignored) continue;
    const float* z = &call.logits[n * (size_t)classes];
    double* gradient = &expected.gradient[n * (size_t)classes];
    double max = -INFINITY, sum = 0, mass = 0;
    for (int v = 0; v < classes; v++) max = std::max(max, (double)z[v]);
    for (int v = 0; v < classes; v++) sum += std::exp(z[v] - max);
    double factor = (call.upstream.empty() ? 1.0 : call.upstream[n]) / divisor;
    if (divisor == 0) factor = 0;
    std::vector<double> target((size_t)classes);
    for (int v = 0; v < classes; v++) {
      double p = soft ? (double)call.probabilities[n * (size_t)classes + (size_t)v] : v == call.targets[n];
      // PyTorch weights the target as a whole, and what is spread by each class.
      target[(size_t)v] = weight(v) * ((1 - s) * p + s / classes);
      mass += target[(size_t)v];
    }
    for (int v = 0; v < classes; v++) {
      double t = target[(size_t)v];
      if (t != 0) expected.losses[n] += t * (std::log(sum) - (z[v] - max));
      gradient[v] = factor * (mass * std::exp(z[v] - max) / sum - t);
    }
    expected.total += expected.losses[n];
  }
  expected.total = divisor == 0 ? 0 : expected.total / divisor;
  return expected;
}

void expect_right(const std::string& name, const CrossEntropyCall& call, double rtol, double atol) {
  CrossEntropyExpected expected = expected_of(call);
  CrossEntropyResult result = run(call);
  expect_close("losses of " + name, expected.losses, result.losses, rtol, atol);
  if (call.reduction != SURPRISAL_REDUCTION_NONE) {
    expect_close("total of " + name, {expected.total}, result.total, rtol, atol);
  }
  if (call.where != Gradient::none) {
    expect_close("gradient of " + name, expected.gradient, result.gradient, rtol, atol);
  }
}

std::vector<float> distributions(uint64_t seed, size_t rows, int classes) {
  std::mt19937_64 words(seed);
  std::vector<float> all(rows * (size_t)classes);
  for (size_t n = 0; n < rows; n++) {
    std::vector<double> parts((size_t)classes);
    double sum = 0;
    for (double& part : parts) sum += part = (double)((words() >> 11) + 1) * 0x1p-53;
    for (int v = 0; v < classes; v++) all[n * (size_t)classes + (size_t)v] = (float)(parts[(size_t)v] / sum);
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
    // Just enough shared memory for three blocks of such a cluster on a multiprocessor.
    emulator::DeviceModel model = usual;
    model.multiprocessors = 16;
    model.shared_bytes = 3 * (4 * ((size_t)classes / ranks + 11) + 1184 + 1024) - 1024;
    if (model.shared_bytes > usual.shared_bytes) continue;
    emulator::set_device_model(model);
    body(name + ", " + std::to_string(ranks) + " blocks");
  }
  emulator::DeviceModel old = usual;
  old.major = 8;
  old.minor = 0;
  old.shared_bytes = 4096;
  emulator::set_device_model(old);
  body(name + ", no clusters");
  emulator::set_device_model(usual);
#endif
}
}  // namespace test
