#include "cross_entropy_reference.h"

#include <memory>

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

bool soft(const CrossEntropyCall& call) {
  return !call.probabilities.empty();
}

double weight(const CrossEntropyCall& call, size_t v) {
  return call.weights.empty() ? 1 : double(call.weights[v]);
}

// What a mean divides by.
double divisor_of(const CrossEntropyCall& call) {
  if (soft(call)) return double(call.rows());
  double sum = 0;
  for (int target : call.targets) {
    if (target != call.ignored) sum += weight(call, size_t(target));
  }
  return sum;
}

// The operation, and a test's own divisor and total around it.
LossFunction function_of(const CrossEntropyCall& call, std::vector<float>* total) {
  return [&call, total](const surprisal_loss_rows& given, void* workspace) {
    surprisal_loss_rows rows = given;
    auto targets = optional(call.targets);
    auto weights = optional(call.weights);
    auto probabilities = optional(call.probabilities, call.skew);
    Array<float> sum(std::vector<float>{kUntouched});
    if (call.reduction == Reduction::mean && rows.divisor == nullptr) {
      if (soft(call)) {
        sum.write({float(call.rows())});
      } else {
        CHECK(surprisal_target_weight(pointer(targets), pointer(weights), sum.data(), int64_t(call.targets.size()),
                                      call.classes, call.ignored, stream()));
      }
      rows.divisor = sum.data();
    }
    int status = soft(call) ? surprisal_cross_entropy_soft(&rows, pointer(probabilities), pointer(weights), workspace,
                                                           call.smoothing, stream())
                            : surprisal_cross_entropy(&rows, pointer(targets), pointer(weights), workspace,
                                                      call.ignored, call.smoothing, stream());
    if (status == SURPRISAL_SUCCESS && call.reduction != Reduction::none) {
      Array<float> reduced(std::vector<float>{kUntouched});
      status = surprisal_reduce_losses(rows.losses, rows.divisor, reduced.data(), rows.tokens, stream());
      *total = reduced.read();
    }
    CHECK(cudaDeviceSynchronize());
    return status;
  };
}

LossCall divided(const CrossEntropyCall& call) {
  LossCall with_divisor = call;
  if (call.reduction == Reduction::mean && call.divisor.empty()) with_divisor.divisor = {float(divisor_of(call))};
  return with_divisor;
}
}  // namespace

CrossEntropyResult run(const CrossEntropyCall& call) {
  CrossEntropyResult result;
  LossCall of = call;
  of.of_classes = !soft(call);
  static_cast<LossResult&>(result) = run_loss(of, function_of(call, &result.total));
  return result;
}

LossDefinition definition_of(const CrossEntropyCall& call) {
  LossDefinition definition;
  definition.target = [&call](size_t token) {
    if (soft(call)) return kNoTarget;
    return call.targets[token] == call.ignored ? kIgnoredRow : call.targets[token];
  };
  definition.loss = [&call](size_t n, size_t token, const Softmax& q, std::vector<double>& gradient) {
    double s = call.smoothing, mass = 0, loss = 0;
    size_t classes = size_t(call.classes);
    for (size_t v = 0; v < classes; v++) {
      double p = soft(call) ? double(call.probabilities[n * classes + v]) : int(v) == call.targets[token];
      // PyTorch weights the target as a whole, and what is spread by each class.
      double t = weight(call, v) * ((1 - s) * p + s / double(classes));
      if (t != 0) loss -= t * q.log_q[v];
      gradient[v] -= t;
      mass += t;
    }
    for (size_t v = 0; v < classes; v++) gradient[v] += mass * q.q[v];
    return loss;
  };
  return definition;
}

void expect_right(const std::string& name, const CrossEntropyCall& call, double rtol, double atol) {
  std::vector<float> total;
  LossCall of = divided(call);
  of.of_classes = !soft(call);
  LossDefinition definition = definition_of(call);
  expect_right(name, of, function_of(call, &total), definition, rtol, atol);
  if (call.reduction == Reduction::none || !call.positions.empty()) return;
  double sum = 0;
  for (double loss : expected_of(of, definition).losses) sum += loss;
  if (!of.divisor.empty()) sum = of.divisor[0] == 0 ? 0 : sum / double(of.divisor[0]);
  expect_close("total of " + name, {sum}, total, rtol, atol);
}

void expect_refused(const CrossEntropyCall& call, int kind, int64_t position, double value) {
  std::vector<float> total;
  LossCall of = call;
  of.of_classes = !soft(call);
  expect_refused(of, function_of(call, &total), kind, position, value,
                 kind == SURPRISAL_FAULT_POSITION ? int64_t(call.token_count()) : call.classes);
  if (call.reduction != Reduction::none) expect_same("total", {kUntouched}, total);
}
}  // namespace test
