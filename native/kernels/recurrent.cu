// The tanh recurrent layer over whole sequences: h_t = tanh(x_t + b_ih + W_hh h_{t-1} + b_hh), as PyTorch's nn.RNN.
//
// x_t, the input's products, lie in the output and are overwritten. W_hh is read once, into registers, and stays there
// for all T steps (device/recurrent/on_chip.cuh); where it does not fit, there is a launch a step.
//
// What a step does on an H100 (132 multiprocessors, each with 4 schedulers that issue a warp's FMA a cycle), by count:
// - H = 50, B = 32: a block a sequence. 2 warps * 32 FMAs a scheduler, 9 shuffles in 5 rounds, tanh, and the block's
//   barrier.
// - H = 256, B = 32: 32 clusters of 4 blocks, a sequence each. 2 warps * 64 FMAs a scheduler, the same shuffles; writes
//   to the other blocks and the cluster's barrier.
// - H = 650, B = 20: clusters of 16 blocks, up to 4 sequences each. 3 warps * 384 FMAs a scheduler, and writes to 16
//   blocks.
// - H = 1024, B = 32: clusters of 16 blocks, 4 sequences each, if the GPU holds 8 of them. 2 warps * 1024 FMAs a
//   scheduler and as many cycles of shared memory, which also holds half of W.
// - The same without clusters: 4 groups of 32 blocks, 8 sequences each. States come through L2, 32 KB a block and 4 MB
//   in all; store, arrival, spin and load cross it one after the other.
// The x of the next step is loaded before the products of this one.
#include "../device/fault.cuh"
#include "../device/recurrent/launch.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
struct Forward;

template <int K, Exchange E>
__global__ void __launch_bounds__(OnChip<K, E>::kThreads, 1)
    rnn_kernel(const surprisal_fault* fault, Forward pass, Slices slices);

struct Forward {
  static constexpr bool kFromZero = false;

  const float* weight_hh;
  const float* bias_ih;
  const float* bias_hh;
  const float* initial_state;
  float* output;
  float* final_state;
  int64_t window;
  int width;

  struct Inputs {
    float x;
  };

  __host__ __device__ int hidden() const {
    return width;
  }
  __host__ __device__ int64_t steps() const {
    return window;
  }
  template <int R>
  __device__ __forceinline__ void weight(int row, int k, bool aligned, float4 (&rows)[R]) const {
#pragma unroll
    for (int r = 0; r < R; r++) {
      rows[r] = make_float4(0, 0, 0, 0);
      if (row + r >= width) continue;
      rows[r] = load_within<false>(weight_hh + int64_t(row + r) * width, k, width, aligned);
    }
  }
  __device__ int64_t place(int64_t b, int64_t t) const {
    return (b * window + t) * width;
  }
  __device__ const float* state(int64_t b, int64_t t) const {
    return t == 0 ? initial_state + b * width : output + place(b, t - 1);
  }
  __device__ Inputs read(int64_t b, int row, int64_t t) const {
    return {output[place(b, t) + row]};
  }
  __device__ float constant(int row) const {
    return bias_ih[row] + bias_hh[row];
  }
  __device__ float finish(int64_t b, int row, int64_t t, float sum, Inputs inputs) const {
    float h = tanhf(inputs.x + sum);
    output[place(b, t) + row] = h;
    if (t + 1 == window) final_state[b * width + row] = h;
    return h;
  }

  template <int K, Exchange E>
  static auto kernel() {
    return rnn_kernel<K, E>;
  }
  template <int K, Exchange E>
  cudaError_t launch(const Launch& launch, const surprisal_fault* fault, const Slices& slices) const {
    return SURPRISAL_LAUNCH((rnn_kernel<K, E>), launch, fault, *this, slices);
  }
};

template <int K, Exchange E>
__global__ void __launch_bounds__(OnChip<K, E>::kThreads, 1)
    rnn_kernel(const surprisal_fault* fault, Forward pass, Slices slices) {
  if (faulted(fault)) return;
  run_slices<K, E>(pass, slices);
}

__global__ void __launch_bounds__(32 * kStepWarps)
    rnn_step_kernel(const surprisal_fault* fault, Forward pass, int64_t batch, int64_t step, bool aligned) {
  if (faulted(fault)) return;
  run_step(pass, pass.weight_hh, batch, step, aligned);
}
}  // namespace

int rnn(RecurrentPath fastest, const float* weight_hh, const float* bias_ih, const float* bias_hh,
        const float* initial_state, float* output, float* final_state, void* workspace, int64_t batch, int64_t window,
        int32_t hidden, const surprisal_stream* stream) {
  if (batch < 0 || window < 1 || hidden < 1) {
    return invalid("rnn", "expected B >= 0, T >= 1 and H >= 1, found B = %lld, T = %lld and H = %d",
                   static_cast<long long>(batch), static_cast<long long>(window), hidden);
  }
  if (batch == 0) return SURPRISAL_SUCCESS;
  Forward pass = {weight_hh, bias_ih, bias_hh, initial_state, output, final_state, window, hidden};
  bool aligned = hidden % 4 == 0 && aligned16(weight_hh) && aligned16(initial_state) && aligned16(output);
  cudaError_t result = cudaSuccess;
  if (!ran_on_chip(fastest, pass, batch, aligned, static_cast<unsigned*>(workspace), stream, result)) {
    Launch launch = step_launch(hidden, batch, stream);
    for (int64_t step = 0; step < window && result == cudaSuccess; step++) {
      result = SURPRISAL_LAUNCH(rnn_step_kernel, launch, stream->fault, pass, batch, step, aligned);
    }
  }
  return launched("rnn", result);
}
}  // namespace surprisal

extern "C" int64_t surprisal_rnn_workspace(int64_t, int64_t, int32_t hidden) {
  // The counters of barriers, and the transposed matrix where the way back takes a launch a step.
  return surprisal::kCounterBytes + int64_t(hidden) * hidden * int64_t(sizeof(float));
}

extern "C" int surprisal_rnn(const float* weight_hh, const float* bias_ih, const float* bias_hh,
                             const float* initial_state, float* output, float* final_state, void* workspace,
                             int64_t batch, int64_t window, int32_t hidden, const surprisal_stream* stream) {
  return surprisal::rnn(surprisal::RecurrentPath::kCluster, weight_hh, bias_ih, bias_hh, initial_state, output,
                        final_state, workspace, batch, window, hidden, stream);
}
