// What the tests of losses of rows share: calls, their results, a plain double-precision reference for all that losses
// have in common, and the layouts that a number of classes can be made to take.
#pragma once
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "kernel_test.h"

namespace test {
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int kIgnored = -100;

// What outputs hold before a call.
constexpr float kUntouched = -12345;

// Where the gradient goes.
enum class Gradient { none, apart, in_place };

struct LossCall {
  int classes = 0;
  std::vector<float> logits;
  std::vector<int32_t> positions;  // may be empty
  size_t tokens = 0;               // 0: as many as rows
  std::vector<float> upstream;     // of tokens; may be empty
  std::vector<float> divisor;      // one, or none
  float scale = 1;
  float soft_cap = 0;
  float z_loss = 0;
  float confidence_penalty = 0;
  bool statistics = false;
  bool of_classes = true;  // and with them log-probability and correct
  Gradient where = Gradient::apart;
  size_t skew = 0;
  size_t gradient_skew = 0;

  size_t rows() const {
    return logits.size() / size_t(classes);
  }
  size_t token_count() const {
    return tokens == 0 ? rows() : tokens;
  }
  size_t token(size_t n) const {
    return positions.empty() ? n : size_t(positions[n]);
  }
};

struct LossResult {
  std::vector<float> losses;
  std::vector<float> gradient;                                                // none without one
  std::vector<float> logits;                                                  // afterwards
  std::vector<float> log_sum_exp, log_probability, entropy, correct, argmax;  // none if not asked for
};

// The operation, with a workspace.
using LossFunction = std::function<int(const surprisal_loss_rows&, void*)>;
LossResult run_loss(const LossCall& call, const LossFunction& function);

// q = softmax(z').
struct Softmax {
  std::vector<double> z, q, log_q;
  double log_sum_exp = 0, entropy = 0;
  int argmax = 0;
};
Softmax softmax_of(const std::vector<double>& z);

// What a loss is by its definition: of a row the target, and the loss with its gradient by z', which begins as 0.
constexpr int kNoTarget = -1;
constexpr int kIgnoredRow = -2;
struct LossDefinition {
  std::function<int(size_t token)> target;  // a class, kNoTarget or kIgnoredRow
  std::function<double(size_t n, size_t token, const Softmax& q, std::vector<double>& gradient)> loss;
};

// Of tokens without a row kUntouched, as in results.
struct LossExpected {
  std::vector<double> losses, gradient;
  std::vector<double> log_sum_exp, log_probability, entropy, correct, argmax;
};
LossExpected expected_of(const LossCall& call, const LossDefinition& definition);

// Runs the call and compares everything.
void expect_right(const std::string& name, const LossCall& call, const LossFunction& function,
                  const LossDefinition& definition, double rtol = kRtol, double atol = kAtol);

// Expects that a fault is raised and nothing written.
void expect_refused(const LossCall& call, const LossFunction& function, int kind, int64_t position, double value,
                    int64_t classes);

// Each option alone and all at once, with statistics, positions of another order, rows left out, and gradients that
// arrive. Targets have to be there for token_count() tokens of the calls.
std::vector<std::pair<std::string, LossCall>> with_row_options(const LossCall& call);

// Each row 0 or more, of sum 1.
std::vector<float> distributions(uint64_t seed, size_t rows, int classes);

// Runs the body once in every layout that a row of so many classes can take, with its name: on the emulator as they
// come with shared memory and compute capability, on a GPU in the one layout that it gives.
void in_every_layout(int classes, const std::function<void(const std::string&)>& body);
}  // namespace test
