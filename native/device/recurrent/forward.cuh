// A recurrent layer forward in time, for any cell: the Pass whose state is h, and how it is run.
//
// A Cell has: kGates; constant(layer, unit, gate), added to the gate's row of W_hh h_{t-1}; forward(layer, place, sums,
// x), which gives h_t of a unit from the sums of its gates and their input's products, and stores in the reserve what
// the backward pass needs; and what backward.cuh asks for.
#pragma once
#include "../vector.cuh"
#include "launch.cuh"
#include "layer.cuh"

namespace surprisal {
template <class Cell>
struct Forward {
  static constexpr bool kFromZero = false;
  static constexpr int kSums = Cell::kGates;
  static constexpr int kValues = 1;

  surprisal_recurrent_layer layer;

  struct Inputs {
    float x[kSums];
  };

  __host__ __device__ int units() const {
    return layer.hidden;
  }
  __host__ __device__ int64_t steps() const {
    return layer.window;
  }
  template <int R>
  __device__ __forceinline__ void weight(int row, int k, bool aligned, float4 (&rows)[R]) const {
    load_rows<kSums>(layer.weight_hh, layer.hidden, layer.hidden, row, k, aligned, rows);
  }
  __device__ const float* state(int64_t b, int64_t t) const {
    return t == 0 ? layer.initial_state.hidden + b * layer.hidden : layer.output + unit_index(layer, {b, t - 1, 0});
  }
  __device__ Inputs read(int64_t b, int unit, int64_t t) const {
    Inputs inputs;
#pragma unroll
    for (int g = 0; g < kSums; g++) inputs.x[g] = layer.reserve[gate_index<kSums>(layer, {b, t, unit}, g)];
    return inputs;
  }
  __device__ float constant(int unit, int gate) const {
    return Cell::constant(layer, unit, gate);
  }
  __device__ void finish(int64_t b, int unit, int64_t t, const float (&sums)[kSums], const Inputs& inputs,
                         float (&values)[kValues]) const {
    const Place at = {b, t, unit};
    const float h = Cell::forward(layer, at, sums, inputs.x);
    layer.output[unit_index(layer, at)] = h;
    if (t + 1 == layer.window) layer.final_state.hidden[b * layer.hidden + unit] = h;
    values[0] = h;
  }
};

template <class Cell>
cudaError_t run_forward(RecurrentPath fastest, const surprisal_recurrent_layer& layer, void* workspace,
                        const surprisal_stream* stream) {
  const Forward<Cell> pass = {layer};
  const bool aligned = layer.hidden % 4 == 0 && aligned16(layer.weight_hh) && aligned16(layer.initial_state.hidden) &&
                       aligned16(layer.output);
  cudaError_t result = cudaSuccess;
  if (ran_on_chip(fastest, pass, layer.batch, aligned, static_cast<unsigned*>(workspace), stream, result)) {
    return result;
  }
  return run_steps(pass, layer.weight_hh, layer.batch, aligned, stream);
}
}  // namespace surprisal
