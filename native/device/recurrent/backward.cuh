// A recurrent layer back through time, for any cell: with g_t the gradients before the gates' activations at step t,
//   grad h_t = grad_output_t + W_hh^T g_{t+1},   g_T = 0, grad_final_state added at t = T - 1,
//   grad_initial_state = W_hh^T g_0,
// and g_t from grad h_t by the cell.
//
// The same recurrence as forward (on_chip.cuh), whose state is g, over the columns of W_hh, which are read once, into
// registers; step s is t = T - 1 - s, and the gradient of the initial state, if asked for, one step more without a
// cell. The weight gradients are products over all steps of the reserve, overwritten with g, and previous, which is
// filled on the way: the lane that reads h_t writes it to the place of step t + 1. Where W_hh does not fit on chip it is
// transposed once into the workspace, and there is a launch a step.
//
// A Cell has, besides what forward.cuh asks for: Saved and saved(layer, place), what it needs of the forward pass but
// h_t, fetched a step ahead; and backward(layer, place, grad, h, saved, gates), which fills gates with g_t of a unit.
#pragma once
#include "../vector.cuh"
#include "launch.cuh"
#include "layer.cuh"

namespace surprisal {
// transposed [columns, rows] of matrix [rows, columns].
cudaError_t recurrent_transpose(const float* matrix, float* transposed, int rows, int columns,
                                const surprisal_stream* stream);

template <class Cell>
struct Backward {
  static constexpr bool kFromZero = true;
  static constexpr int kSums = 1;
  static constexpr int kValues = Cell::kGates;

  surprisal_recurrent_layer layer;
  surprisal_recurrent_gradients gradients;

  struct Inputs {
    float grad, h;
    typename Cell::Saved saved;
  };

  __host__ __device__ int units() const {
    return layer.hidden;
  }
  __host__ __device__ int64_t steps() const {
    return gradients.grad_initial_state.hidden == nullptr ? layer.window : layer.window + 1;
  }
  template <int R>
  __device__ __forceinline__ void weight(int row, int k, bool aligned, float4 (&rows)[R]) const {
    load_columns(layer.weight_hh, kValues * layer.hidden, layer.hidden, row, k, aligned, rows);
  }
  __device__ const float* state(int64_t b, int64_t s) const {
    return layer.reserve + gate_index<kValues>(layer, {b, layer.window - s, 0}, 0);
  }
  __device__ Inputs read(int64_t b, int unit, int64_t s) const {
    if (s == layer.window) return {};
    const Place at = {b, layer.window - 1 - s, unit};
    float grad = gradients.grad_output[unit_index(layer, at)];
    const float* grad_final = gradients.grad_final_state.hidden;
    if (s == 0 && grad_final != nullptr) grad += grad_final[b * layer.hidden + unit];
    return {grad, layer.output[unit_index(layer, at)], Cell::saved(layer, at)};
  }
  __device__ float constant(int, int) const {
    return 0;
  }
  __device__ void finish(int64_t b, int unit, int64_t s, const float (&sums)[kSums], const Inputs& inputs,
                         float (&values)[kValues]) const {
    if (s == layer.window) {
      gradients.grad_initial_state.hidden[b * layer.hidden + unit] = sums[0];
      return;
    }
    const Place at = {b, layer.window - 1 - s, unit};
    const int64_t index = unit_index(layer, at);
    if (s > 0) gradients.previous[index + layer.hidden] = inputs.h;
    if (at.t == 0) gradients.previous[index] = layer.initial_state.hidden[b * layer.hidden + unit];
    Cell::backward(layer, at, inputs.grad + sums[0], inputs.h, inputs.saved, values);
#pragma unroll
    for (int g = 0; g < kValues; g++) layer.reserve[gate_index<kValues>(layer, at, g)] = values[g];
  }
};

template <class Cell>
cudaError_t run_backward(RecurrentPath fastest, const surprisal_recurrent_layer& layer,
                         const surprisal_recurrent_gradients& gradients, void* workspace,
                         const surprisal_stream* stream) {
  const Backward<Cell> pass = {layer, gradients};
  const bool aligned = layer.hidden % 4 == 0 && aligned16(layer.weight_hh) && aligned16(layer.reserve);
  cudaError_t result = cudaSuccess;
  if (ran_on_chip(fastest, pass, layer.batch, aligned, static_cast<unsigned*>(workspace), stream, result)) {
    return result;
  }
  float* transposed = reinterpret_cast<float*>(static_cast<unsigned char*>(workspace) + kCounterBytes);
  result = recurrent_transpose(layer.weight_hh, transposed, Cell::kGates * layer.hidden, layer.hidden, stream);
  if (result != cudaSuccess) return result;
  return run_steps(pass, transposed, layer.batch, aligned && aligned16(transposed), stream);
}
}  // namespace surprisal
