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

// As surprisal_rnn and surprisal_rnn_backward, with nothing faster than `fastest`.
int rnn(RecurrentPath fastest, const float* weight_hh, const float* bias_ih, const float* bias_hh,
        const float* initial_state, float* output, float* final_state, void* workspace, int64_t batch, int64_t window,
        int32_t hidden, const surprisal_stream* stream);
int rnn_backward(RecurrentPath fastest, const float* weight_hh, const float* initial_state, const float* output,
                 const float* grad_final_state, float* grad_output, float* previous, float* grad_initial_state,
                 void* workspace, int64_t batch, int64_t window, int32_t hidden, const surprisal_stream* stream);
}  // namespace surprisal
