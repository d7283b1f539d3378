// What the tests of both cross-entropies share: calls, their results, a plain double-precision reference, and the
// layouts that a number of classes can be made to take.
#pragma once
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "kernel_test.h"

namespace test {
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int kIgnored = -100;

// Where the gradient goes.
enum class Gradient { none, apart, in_place };

struct CrossEntropyCall {
  int classes = 0;
  std::vector<float> logits;
  std::vector<int32_t> targets;      // either these
  std::vector<float> probabilities;  // or these
  std::vector<float> weights;        // may be empty
  std::vector<float> upstream;       // may be empty
  int ignored = kIgnored;
  float smoothing = 0;
  int reduction = SURPRISAL_REDUCTION_MEAN;
  int64_t token_count = 0;
  Gradient where = Gradient::apart;
  size_t skew = 0;
  size_t gradient_skew = 0;

  size_t rows() const {
    return logits.size() / (size_t)classes;
  }
};

struct CrossEntropyResult {
  std::vector<float> losses;
  std::vector<float> total;     // none without a reduction
  std::vector<float> gradient;  // none without one
  std::vector<float> logits;    // afterwards
};

// What outputs hold before a call.
constexpr float kUntouched = -12345;

CrossEntropyResult run(const CrossEntropyCall& call);

// In double precision, by the definition.
struct CrossEntropyExpected {
  std::vector<double> losses;
  double total = 0;
  std::vector<double> gradient;
};
CrossEntropyExpected expected_of(const CrossEntropyCall& call);

// Runs the call and compares losses, total and gradient.
void expect_right(const std::string& name, const CrossEntropyCall& call, double rtol = kRtol, double atol = kAtol);

// Each row 0 or more, of sum 1.
std::vector<float> distributions(uint64_t seed, size_t rows, int classes);

// Runs the body once in every layout that a row of so many classes can take, with its name: on the emulator as they
// come with shared memory and compute capability, on a GPU in the one layout that it gives.
void in_every_layout(int classes, const std::function<void(const std::string&)>& body);
}  // namespace test
