// What the tests of both cross-entropies share: calls and their definition.
#pragma once
#include "loss_reference.h"

namespace test {
// Of the total; a mean divides by the weight of targets, or by the number of rows where they are distributions.
enum class Reduction { none, sum, mean };

struct CrossEntropyCall : LossCall {
  std::vector<int32_t> targets;      // of tokens; either these
  std::vector<float> probabilities;  // or these
  std::vector<float> weights;        // may be empty
  int ignored = kIgnored;
  float smoothing = 0;
  Reduction reduction = Reduction::mean;
};

struct CrossEntropyResult : LossResult {
  std::vector<float> total;  // none without a reduction
};

CrossEntropyResult run(const CrossEntropyCall& call);
LossDefinition definition_of(const CrossEntropyCall& call);

// Runs the call and compares everything.
void expect_right(const std::string& name, const CrossEntropyCall& call, double rtol = kRtol, double atol = kAtol);
void expect_refused(const CrossEntropyCall& call, int kind, int64_t position, double value);
}  // namespace test
