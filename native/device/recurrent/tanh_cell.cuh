// The tanh cell, as PyTorch's nn.RNN: h_t = tanh(x_t + b_ih + W_hh h_{t-1} + b_hh).
#pragma once
#include "layer.cuh"

namespace surprisal {
// A Cell of one gate; see forward.cuh and backward.cuh for what it has.
struct TanhCell {
  static constexpr int kGates = 1;

  __device__ __forceinline__ static float constant(const surprisal_recurrent_layer& layer, int unit, int) {
    return layer.bias_ih[unit] + layer.bias_hh[unit];
  }

  __device__ __forceinline__ static float forward(const surprisal_recurrent_layer&, Place, const float (&sums)[1],
                                                  const float (&x)[1]) {
    return tanhf(x[0] + sums[0]);
  }

  struct Saved {};

  __device__ __forceinline__ static Saved saved(const surprisal_recurrent_layer&, Place) {
    return {};
  }

  __device__ __forceinline__ static void backward(const surprisal_recurrent_layer&, Place, float grad, float h, Saved,
                                                  float (&gates)[1]) {
    gates[0] = grad * fmaf(-h, h, 1);
  }
};
}  // namespace surprisal
