// See recurrent_gates.h.
#include "recurrent_gates.h"

#include "../device/recurrent/backward.cuh"
#include "../device/recurrent/forward.cuh"

namespace recurrent_test {
namespace {
using namespace surprisal;

template <int kCount>
struct SumCell {
  static constexpr int kGates = kCount;

  __device__ static float constant(const surprisal_recurrent_layer& layer, int unit, int gate) {
    return layer.bias_ih[gate * layer.hidden + unit] + layer.bias_hh[gate * layer.hidden + unit];
  }

  __device__ static float forward(const surprisal_recurrent_layer& layer, Place at, const float (&sums)[kGates],
                                  const float (&x)[kGates]) {
    float h = 0;
    for (int g = 0; g < kGates; g++) {
      const float a = tanhf(x[g] + sums[g]);
      layer.reserve[gate_index<kGates>(layer, at, g)] = a;
      h += a / float(g + 1);
    }
    return h;
  }

  struct Saved {
    float a[kGates];
  };

  __device__ static Saved saved(const surprisal_recurrent_layer& layer, Place at) {
    Saved saved;
    for (int g = 0; g < kGates; g++) saved.a[g] = layer.reserve[gate_index<kGates>(layer, at, g)];
    return saved;
  }

  __device__ static void backward(const surprisal_recurrent_layer&, Place, float grad, float, const Saved& saved,
                                  float (&gates)[kGates]) {
    for (int g = 0; g < kGates; g++) gates[g] = grad * (1 - saved.a[g] * saved.a[g]) / float(g + 1);
  }
};
}  // namespace

int gates_forward(int gates, RecurrentPath fastest, const surprisal_recurrent_layer& layer, void* workspace,
                  const surprisal_stream* stream) {
  switch (gates) {
    case 2:
      return run_forward<SumCell<2>>(fastest, layer, workspace, stream);
    default:
      return run_forward<SumCell<3>>(fastest, layer, workspace, stream);
  }
}

int gates_backward(int gates, RecurrentPath fastest, const surprisal_recurrent_layer& layer,
                   const surprisal_recurrent_gradients& gradients, void* workspace, const surprisal_stream* stream) {
  switch (gates) {
    case 2:
      return run_backward<SumCell<2>>(fastest, layer, gradients, workspace, stream);
    default:
      return run_backward<SumCell<3>>(fastest, layer, gradients, workspace, stream);
  }
}
}  // namespace recurrent_test
