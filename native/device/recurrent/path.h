// The ways to run a recurrence, of which the fastest that the device and the shape allow is taken. The C ABI allows
// all; these functions leave some out, so that a test can hold one against another on any device.
#pragma once
#include "../../include/surprisal.h"

namespace surprisal {
enum class RecurrentPath {
  kCluster,  // W on chip, blocks of a cluster or a single block
  kGrid,     // W on chip, blocks of a cooperative launch
  kSteps     // a launch a step
};

// As surprisal_recurrent and surprisal_recurrent_backward, with nothing faster than `fastest`.
int recurrent(RecurrentPath fastest, const surprisal_recurrent_layer& layer, void* workspace,
              const surprisal_stream* stream);
int recurrent_backward(RecurrentPath fastest, const surprisal_recurrent_layer& layer,
                       const surprisal_recurrent_gradients& gradients, void* workspace, const surprisal_stream* stream);
}  // namespace surprisal
