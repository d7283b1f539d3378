// A recurrent layer as the kernels see it: its checks, and where the floats of a unit lie.
#pragma once
#include "../../include/surprisal.h"
#include "../simt.cuh"

namespace surprisal {
// A unit of a sequence at a step.
struct Place {
  int64_t b;
  int64_t t;
  int unit;
};

// Of h_t in the output, and of what else is [B, T, H].
__device__ __forceinline__ int64_t unit_index(const surprisal_recurrent_layer& layer, Place at) {
  return (at.b * layer.window + at.t) * layer.hidden + at.unit;
}

// Of a gate in the reserve [B, T, kGates H].
template <int kGates>
__device__ __forceinline__ int64_t gate_index(const surprisal_recurrent_layer& layer, Place at, int gate) {
  return ((at.b * layer.window + at.t) * kGates + gate) * layer.hidden + at.unit;
}

// SURPRISAL_SUCCESS, or why the layer or one of its states is refused.
int check_layer(const char* operation, const surprisal_recurrent_layer& layer);
int check_state(const char* operation, const char* name, const surprisal_recurrent_state& state);
}  // namespace surprisal
